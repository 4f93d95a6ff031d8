//! How fast methods learn a task that they have changed to: accuracy before, during and after the
//! training on it.

use swanbench_results::{Cell, Results};
use swanbench_spec::{Stage, Task};

use super::{captions, picture_def::PictureDef, styles::style};
use crate::{
    data::{report_data::ReportData, tasks::describe},
    draw::{
        Axis, Line, MARGIN, Panel, Point, Rectangle, Scale, Scene, Series, TOP, Text, WIDTH,
        figure, room_for_names, theme,
    },
    format,
};

pub(super) const PICTURE: PictureDef = PictureDef {
    name: "phases",
    heading: "After a change of task",
    alternative: "Test accuracy before, during and after the training on each later task, by method; \
                  the table below has the numbers",
    draw: |data, results: &Results| draw(data, &results.about.phases),
};

/// Labels, and later tasks, that find room.
const MOST_LABELS: usize = 8;
const MOST_PHASES: usize = 3;
const LEFT: f64 = 66.0;
const GUTTER: f64 = 16.0;
/// Top and bottom of the panels.
const ROWS: (f64, f64) = (TOP + 34.0, TOP + 284.0);

/// Draws a panel for each later task at the middle target. Returns `None` if there is one task only.
fn draw(data: &ReportData, tasks: &[Task]) -> Option<Scene> {
    let target = data.middle_target();
    let is_shown = |cell: &&Cell| cell.target.is_none() || cell.target == target;
    let phases: Vec<u32> = (2..=data.task_index).take(MOST_PHASES).collect();
    let of_phases = |cell: &&Cell| phases.contains(&cell.conditions.task_index);
    let mut cells: Vec<&Cell> = data.changes.iter().filter(is_shown).filter(of_phases).collect();
    let (all, without): (Vec<&String>, Vec<&String>) =
        data.labels.iter().partition(|label| cells.iter().any(|cell| cell.label == **label));
    if phases.is_empty() || all.is_empty() {
        return None;
    }
    let (labels, more) = all.split_at(all.len().min(MOST_LABELS));
    cells.retain(|cell| labels.iter().any(|label| cell.label == **label));
    let mut left_out: Vec<String> =
        more.iter().chain(&without).map(|label| (*label).clone()).collect();
    left_out
        .extend((phases.len() as u32 + 2..=data.task_index).map(|phase| format!("phase {phase}")));
    let subject = format!("accuracy after a change of task{}", format::at_target(target));
    let title = captions::title_of_all_phases(data, &subject);
    let mut scene = figure(title, ROWS.1 + 40.0 - TOP, &caption(data, tasks, left_out));
    let scale = scale(&cells);
    let room = room_for_names(labels.iter().map(|label| label.as_str()));
    let count = phases.len() as f64;
    let width = (WIDTH - LEFT - MARGIN - room - (count - 1.0) * GUTTER) / count;
    for (index, &phase) in phases.iter().enumerate() {
        let left = LEFT + index as f64 * (width + GUTTER);
        let area = Rectangle { left, top: ROWS.0, right: left + width, bottom: ROWS.1 };
        let own: Vec<&Cell> =
            cells.iter().filter(|cell| cell.conditions.task_index == phase).copied().collect();
        let panel = panel(data, area, &own, labels, (scale, index == 0));
        scene.text(Text::heading(format!("phase {phase}"), (left, area.top - 14.0), theme::INK));
        panel.draw_axes(&mut scene);
        panel.draw_bands(&mut scene);
        panel.series.iter().for_each(|series| panel.draw_line(&mut scene, series));
        for series in &panel.series {
            panel.places(series).into_iter().for_each(|place| scene.mark(series.style, place));
        }
        if index + 1 == phases.len() {
            panel.name_ends(&mut scene);
        }
    }
    let whole = Rectangle { left: LEFT, top: ROWS.0, right: WIDTH - MARGIN - room, bottom: ROWS.1 };
    scene.text(Text::side_title("test accuracy, %", whole, 42.0));
    scene.text(Text::foot_title("steps of training on the task", whole, 36.0));
    Some(scene)
}

fn caption(data: &ReportData, tasks: &[Task], left_out: Vec<String>) -> Vec<String> {
    let lines = match data.seeds() {
        (1, 1) => "Lines: one seed".to_owned(),
        seeds => format!(
            "Lines: mean of {}; bands: its 95% interval (Student's t, or the range of the seeds where \
             that would leave 0 to 100%)",
            format::seeds(seeds)
        ),
    };
    let marks = format!(
        "{lines}. Test examples of the task, hard gates, at equal distances: before the first step, \
         after so many, and at the end. A method may be above its budget in between."
    );
    let tasks = (1..).zip(tasks).map(|(phase, task)| format!("phase {phase}: {}", describe(task)));
    let tasks = tasks.collect::<Vec<_>>().join("; ");
    let tasks = (!tasks.is_empty()).then(|| format!("Tasks: {tasks}."));
    let others = tasks.into_iter().chain(captions::left_out(left_out));
    captions::with_failed(data, [marks].into_iter().chain(others))
}

/// Returns one scale for all panels, over all intervals.
fn scale(cells: &[&Cell]) -> Scale {
    let ends = |cell: &&Cell| {
        let (low, high) = cell.interval.unwrap_or((cell.test_accuracy, cell.test_accuracy));
        [100.0 * low, 100.0 * high]
    };
    let ends = cells.iter().flat_map(ends).filter(|end| end.is_finite());
    let (low, high) = ends
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| (low.min(end), high.max(end)));
    let room = (0.05 * (high - low)).max(0.5);
    Scale::Linear { low: (low - room).max(0.0), high: (high + room).min(100.0) }
}

/// When a cell was measured, in the order of time: before, after some steps, at the end.
type Moment = (u8, u64);

fn moment(cell: &Cell) -> Moment {
    match (cell.conditions.stage, cell.conditions.steps) {
        (Stage::Training, _) => (0, 0),
        (Stage::Recovery, Some(steps)) => (1, steps),
        (Stage::Recovery, None) => (2, 0),
    }
}

/// Returns the panel of a task, with a series for each label.
fn panel(
    data: &ReportData,
    area: Rectangle,
    cells: &[&Cell],
    labels: &[&String],
    (scale, is_first): (Scale, bool),
) -> Panel {
    let mut moments: Vec<Moment> = cells.iter().map(|cell| moment(cell)).collect();
    moments.sort_unstable();
    moments.dedup();
    let name = |moment: &Moment| match moment {
        (1, steps) => steps.to_string(),
        (0, _) => "0".to_owned(),
        _ => "end".to_owned(),
    };
    let last = moments.len().saturating_sub(1).max(1) as f64;
    let x = Axis::along_x(area, Scale::Linear { low: 0.0, high: last }, (14.0, 14.0));
    let ticks = moments.iter().enumerate().map(|(at, moment)| (at as f64, name(moment)));
    let y = Axis::along_y(area, scale, (0.0, 0.0)).with_numbers(is_first);
    let mut panel = Panel::new(area, x.with_ticks(ticks), y);
    for label in labels {
        let mut own: Vec<&&Cell> = cells.iter().filter(|cell| cell.label == **label).collect();
        own.sort_by_key(|cell| moment(cell));
        let points = own.iter().filter(|cell| cell.test_accuracy.is_finite()).map(|cell| Point {
            x: moments.iter().position(|one| *one == moment(cell)).unwrap_or(0) as f64,
            y: 100.0 * cell.test_accuracy,
            range: cell.interval.map(|(low, high)| (100.0 * low, 100.0 * high)),
        });
        let (name, style, line) = ((*label).clone(), style(data, label), Line::Solid(1.8));
        panel.series.push(Series { name, style, points: points.collect(), line });
    }
    panel
}

#[cfg(test)]
mod tests {
    use swanbench_spec::Conditions;

    use super::*;
    use crate::{
        data::report_data::samples::{cell, evidence},
        draw::svg,
    };

    #[test]
    fn moments_stand_in_the_order_of_time() {
        let at = |stage, steps, accuracy| Cell {
            conditions: Conditions { steps, ..Conditions::headline(2, stage) },
            ..cell("gated", Some(0.1), 0.1, accuracy)
        };
        let mut data = evidence(vec![cell("gated", Some(0.1), 0.1, 0.9)]);
        assert!(draw(&data, &[]).is_none(), "one task");
        data.task_index = 2;
        data.changes = vec![
            at(Stage::Training, None, 0.25),
            at(Stage::Recovery, None, 0.875),
            at(Stage::Recovery, Some(100), 0.75),
            at(Stage::Recovery, Some(10), 0.5),
        ];
        let scene = draw(&data, &[Task::default(), Task::default()]).expect("two tasks");
        let mut places: Vec<_> = scene.marks().iter().map(|(_, place)| *place).collect();
        // The name at the end has its own.
        places.dedup();
        assert!(places.is_sorted_by(|one, next| one.0 < next.0 && one.1 > next.1), "{places:?}");
        let document = svg(&scene).unwrap();
        for text in ["phase 2", "0", "10", "100", "end", "gated"] {
            assert!(document.contains(&format!("\n{text}\n")), "no {text}");
        }
    }
}
