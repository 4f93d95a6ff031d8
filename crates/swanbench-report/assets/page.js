"use strict";
// Sorting: a header becomes a button; a click sorts rising, a second one falling. Rows without a
// value stay last. Without JavaScript the tables stand in the order of the experiment.
const collator = new Intl.Collator("en", { numeric: true });

function compare(one, other) {
  const numbers = [one.dataset.value, other.dataset.value].map(Number);
  if (numbers.every(Number.isFinite)) return numbers[0] - numbers[1];
  return collator.compare(one.textContent, other.textContent);
}

function sort(table, column) {
  const heads = [...table.tHead.rows[0].cells];
  const falling = heads[column].ariaSort === "ascending";
  for (const head of heads) head.removeAttribute("aria-sort");
  heads[column].setAttribute("aria-sort", falling ? "descending" : "ascending");
  const cell = (row) => row.cells[column];
  const rows = [...table.tBodies[0].rows];
  const known = rows.filter((row) => cell(row).textContent !== "");
  const unknown = rows.filter((row) => cell(row).textContent === "");
  known.sort((one, other) => compare(cell(one), cell(other)) * (falling ? -1 : 1));
  table.tBodies[0].append(...known, ...unknown);
}

for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, column));
    head.append(button);
  });
}
