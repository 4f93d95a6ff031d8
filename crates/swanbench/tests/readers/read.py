"""Reads results and reports with other people's programs: read.py RESULTS PLOTS.

Uses what is installed of pandas with pyarrow, polars, DuckDB and pdflatex, and says what it skips.
"""

import csv
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

LABEL = '1+1, "quoted" | $x_1$ & 100%'


def has(*modules):
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        print(f"skipped: no {', '.join(missing)}")
    return not missing


def expected(path):
    """Returns the columns of a file, whose types every reader knows."""
    import pyarrow.parquet as parquet

    table = parquet.read_table(path)
    types = {str(kind) for kind in table.schema.types}
    assert types <= {"large_string", "string", "double", "uint64"}, f"{path}: {types}"
    return table.to_pydict()


def by_label(values):
    """Returns the number of rows of each label."""
    counts = {}
    for label in values["label"]:
        counts[label] = counts.get(label, 0) + 1
    return counts


def label_of(values):
    """Returns a label to look for, and the number of rows of each."""
    counts = by_label(values)
    return next(iter(counts), LABEL), counts


def read_with_pandas(path, values):
    import pandas

    frame = pandas.read_parquet(path)
    label, counts = label_of(values)
    own = pandas.read_parquet(path, filters=[("label", "==", label)])
    assert len(own) == counts.get(label, 0) and set(own["label"]) <= {label}, path
    assert frame.groupby("label").size().to_dict() == counts, path
    assert list(frame.sort_values("label")["label"]) == sorted(values["label"]), path


def read_with_polars(path, values):
    import polars

    label, counts = label_of(values)
    for frame in polars.read_parquet(path), polars.scan_parquet(path).collect():
        assert frame.filter(polars.col("label") == label).height == counts.get(label, 0), path
        assert dict(frame.group_by("label").agg(polars.len()).iter_rows()) == counts, path
        assert frame.sort("label")["label"].to_list() == sorted(values["label"]), path


def read_with_duckdb(path, values):
    import duckdb

    label, counts = label_of(values)
    query = f"from '{path}' select label, count(*) group by label order by label"
    assert dict(duckdb.sql(query).fetchall()) == counts, path
    own = duckdb.execute(f"select count(*) from '{path}' where label = ?", [label]).fetchall()
    assert own == [(counts.get(label, 0),)], path


def read_parquet(results):
    if not has("pyarrow", "pandas"):
        return
    import pandas
    import pyarrow

    files = sorted(results.glob("*.parquet"))
    assert len(files) == 4, files
    for path in files:
        values = expected(path)
        read_with_pandas(path, values)
        if has("polars"):
            read_with_polars(path, values)
        if has("duckdb"):
            read_with_duckdb(path, values)
    print(f"read {len(files)} files with pandas {pandas.__version__}, pyarrow {pyarrow.__version__}")


def read_csv(plots):
    for path in sorted(plots.glob("*.csv")):
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert rows and all(None not in row and None not in row.values() for row in rows), path
        assert any(LABEL in row.values() for row in rows), path
        print(f"read {path.name}: {len(rows)} rows")


def read_svg(plots):
    for path in sorted(plots.glob("*.svg")):
        root = xml.parse(path).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg", path
        assert any(element.text and element.text.strip() for element in root.iter()), path
        print(f"read {path.name}")


def compile_latex(plots):
    if shutil.which("pdflatex") is None:
        return print("skipped: no pdflatex")
    for path in sorted(plots.glob("*.tex")):
        document = (
            "\\documentclass{article}\\usepackage[utf8]{inputenc}\\usepackage[T1]{fontenc}"
            "\\usepackage{textcomp,booktabs}\\begin{document}\\input{table}\\end{document}"
        )
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(path, Path(folder, "table.tex"))
            Path(folder, "page.tex").write_text(document, encoding="utf-8")
            command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
            done = subprocess.run(command, cwd=folder, capture_output=True)
            assert done.returncode == 0, f"{path}: {done.stdout.decode(errors='replace')[-2000:]}"
        print(f"compiled {path.name}")


if __name__ == "__main__":
    results, plots = map(Path, sys.argv[1:])
    read_parquet(results)
    read_csv(plots)
    read_svg(plots)
    compile_latex(plots)
