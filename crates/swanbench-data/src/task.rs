//! The data of one task: a part of the classes, or changed images.

use swanbench_spec::{Images, Task};
use tch::Tensor;

use crate::{DataError, Dataset, Split, memory_format::convert};

impl Dataset {
    /// Returns the examples of `task`, with its change of the images. Labels and the number of
    /// classes stay the same; unchanged tensors are shared.
    ///
    /// Returns [`DataError::Task`] if [`Self::check_task`] does, or an error if libtorch fails, for
    /// example out of memory.
    pub fn of_task(&self, task: &Task) -> Result<Self, DataError> {
        self.check_task(task)?;
        let change = |split: &Split| -> Result<Split, DataError> {
            let split = of_classes(split, task.classes.as_deref())?;
            let images = self.changed(&split.images, task.images)?;
            Ok(Split { images: convert(&images)?, labels: split.labels })
        };
        let splits = [&self.train, &self.validation, &self.test].map(change);
        let [train, validation, test] = splits;
        let mut changed =
            Self { train: train?, validation: validation?, test: test?, ..self.share() };
        if task.images == Images::Inverted {
            std::mem::swap(&mut changed.black, &mut changed.white);
        }
        Ok(changed)
    }

    /// Checks that the task is possible with these data.
    ///
    /// Returns [`DataError::Task`] if a class does not exist or has no test example, if there is one
    /// class, or if images that are not square would be rotated.
    pub fn check_task(&self, task: &Task) -> Result<(), DataError> {
        let [_, rows, columns] = self.shape;
        if task.images == Images::Rotated && rows != columns {
            return Err(DataError::Task {
                field: "images",
                message: format!("images of {rows} by {columns} pixels cannot be turned"),
                expected: "original or inverted, for images that are not square".to_owned(),
            });
        }
        let unknown = task.classes.iter().flatten().find(|&&class| class >= self.classes as u64);
        if let Some(class) = unknown {
            return Err(DataError::Task {
                field: "classes",
                message: format!("there is no class {class}"),
                expected: format!("classes from 0 to {}", self.classes - 1),
            });
        }
        for class in task.classes.iter().flatten() {
            if positions(&self.test, &[*class])?.size()[0] == 0 {
                return Err(DataError::Task {
                    field: "classes",
                    message: format!("no test example has class {class}"),
                    expected: "classes that the test examples have, or a larger `limit`".to_owned(),
                });
            }
        }
        if task.classes.as_ref().is_some_and(|classes| classes.len() == 1) {
            return Err(DataError::Task {
                field: "classes",
                message: "one class is nothing to tell apart".to_owned(),
                expected: "at least two classes".to_owned(),
            });
        }
        Ok(())
    }

    /// Counts the training examples of a task.
    ///
    /// Returns an error if libtorch fails.
    pub fn train_examples(&self, task: &Task) -> Result<i64, DataError> {
        count(&self.train, task)
    }

    /// Counts the test examples of a task.
    ///
    /// Returns an error if libtorch fails.
    pub fn test_examples(&self, task: &Task) -> Result<i64, DataError> {
        count(&self.test, task)
    }

    fn changed(&self, images: &Tensor, change: Images) -> Result<Tensor, DataError> {
        Ok(match change {
            Images::Original => images.shallow_clone(),
            // The raw value 1 - x, normalised like x.
            Images::Inverted => {
                let ends = self.black.f_add(&self.white)?.f_view([1, -1, 1, 1])?;
                ends.f_sub(images)?
            }
            Images::Rotated => images.f_rot90(1, [2, 3])?,
        })
    }
}

/// Counts the examples of a task.
fn count(split: &Split, task: &Task) -> Result<i64, DataError> {
    match &task.classes {
        None => Ok(split.len()),
        Some(classes) => Ok(positions(split, classes)?.size()[0]),
    }
}

/// Finds the positions of the examples of these classes.
fn positions(split: &Split, classes: &[u64]) -> Result<Tensor, DataError> {
    let classes: Vec<i64> = classes.iter().map(|&class| class as i64).collect();
    let wanted = Tensor::f_from_slice(&classes)?.f_to_device(split.labels.device())?;
    let taken = split.labels.f_unsqueeze(1)?.f_eq_tensor(&wanted)?.f_any_dim(1, false)?;
    Ok(taken.f_nonzero()?.f_flatten(0, 1)?)
}

/// Selects the examples of these classes, in the order of the files; all of them if `None`.
fn of_classes(split: &Split, classes: Option<&[u64]>) -> Result<Split, DataError> {
    let Some(classes) = classes else {
        return Ok(split.share());
    };
    let positions = positions(split, classes)?;
    Ok(Split {
        images: split.images.f_index_select(0, &positions)?,
        labels: split.labels.f_index_select(0, &positions)?,
    })
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    /// Four images of 2 rows, three classes; a raw 0 is -1 after normalisation, a raw 1 is 3.
    fn data(columns: i64) -> Dataset {
        let split = || Split {
            images: Tensor::arange(8 * columns, (Kind::Float, Device::Cpu))
                .view([4, 1, 2, columns]),
            labels: Tensor::from_slice(&[2_i64, 0, 1, 2]),
        };
        Dataset {
            train: split(),
            validation: split(),
            test: split(),
            shape: [1, 2, columns],
            classes: 3,
            black: Tensor::from_slice(&[-1.0_f32]),
            white: Tensor::from_slice(&[3.0_f32]),
        }
    }

    fn pixels(split: &Split) -> Vec<f32> {
        Vec::try_from(split.images.flatten(0, -1)).expect("pixels")
    }

    #[test]
    fn examples_of_the_classes_keep_their_labels() {
        let task = Task { classes: Some(vec![2, 1]), ..Task::default() };
        let changed = data(2).of_task(&task).expect("possible");
        let labels = Vec::<i64>::try_from(&changed.test.labels).expect("labels");
        assert_eq!(labels, [2, 1, 2]);
        let kept = [0.0, 1.0, 2.0, 3.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];
        assert_eq!(pixels(&changed.train), kept);
        assert_eq!(changed.classes, 3);
    }

    #[test]
    fn inverted_images_swap_black_and_white() {
        let task = Task { images: Images::Inverted, ..Task::default() };
        let changed = data(2).of_task(&task).expect("possible");
        // Black plus white is 2: 0, 1, 2, 3 become 2, 1, 0, -1.
        assert_eq!(pixels(&changed.validation)[..4], [2.0, 1.0, 0.0, -1.0]);
        let ends = [&changed.black, &changed.white].map(|end| end.double_value(&[0]));
        assert_eq!(ends, [3.0, -1.0]);
        let back = changed.of_task(&task).expect("possible");
        assert_eq!(pixels(&back.validation), pixels(&data(2).validation));
    }

    /// `numpy.rot90([[0, 1], [2, 3]])`.
    #[test]
    fn rotated_images_turn_left() {
        let task = Task { images: Images::Rotated, ..Task::default() };
        let changed = data(2).of_task(&task).expect("possible");
        assert_eq!(pixels(&changed.train)[..4], [1.0, 3.0, 0.0, 2.0]);
    }

    #[test]
    fn impossible_tasks_are_errors() {
        let rotated = Task { images: Images::Rotated, ..Task::default() };
        let error = data(3).of_task(&rotated).expect_err("not square");
        assert!(error.to_string().contains("images of 2 by 3 pixels cannot be turned"), "{error}");
        let unknown = Task { classes: Some(vec![0, 3]), ..Task::default() };
        let error = data(2).of_task(&unknown).expect_err("no such class");
        assert!(error.to_string().contains("there is no class 3"), "{error}");
    }
}
