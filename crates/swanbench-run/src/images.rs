//! Images from PNG and IDX files, as the values between 0 and 1 that a network takes.

use std::{fs, io::Cursor, path::Path};

use anyhow::{Context, Result, bail, ensure};

/// The name of an image and its values, channel by channel.
type Image = (String, Vec<f32>);

const PNG: [u8; 4] = [0x89, b'P', b'N', b'G'];
/// Bytes in three dimensions: images of one channel.
const IDX: [u8; 4] = [0, 0, 8, 3];
/// The same in other dimensions, or of other numbers.
const OTHER_IDX: [u8; 2] = [0, 0];
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads the images of a file for a network with this input: channels, height, width.
pub fn read_images(path: &Path, input: [usize; 3]) -> Result<Vec<Result<Image>>> {
    let name = path.display().to_string();
    let content = fs::read(path).with_context(|| format!("cannot read `{name}`"))?;
    if content.starts_with(&PNG) {
        return Ok(vec![png(&content, input).map(|values| (name, values))]);
    }
    if content.starts_with(&IDX) {
        let images = idx(&content, input).with_context(|| format!("cannot use `{name}`"))?;
        let named = images.into_iter().enumerate();
        return Ok(named.map(|(index, values)| Ok((format!("{name}[{index}]"), values))).collect());
    }
    if content.starts_with(&GZIP) {
        bail!("`{name}` is packed: unpack it with gunzip");
    }
    if content.starts_with(&OTHER_IDX) {
        bail!("`{name}` is no IDX file of bytes in three dimensions: images, rows, columns");
    }
    bail!("`{name}` is neither a PNG nor an IDX file of images")
}

fn idx(content: &[u8], [channels, height, width]: [usize; 3]) -> Result<Vec<Vec<f32>>> {
    let size = |place: usize| -> Option<usize> {
        let bytes = content.get(4 * place..)?.first_chunk::<4>()?;
        usize::try_from(u32::from_be_bytes(*bytes)).ok()
    };
    let sizes = (size(1), size(2), size(3));
    let (Some(count), Some(rows), Some(columns)) = sizes else { bail!("its header is cut off") };
    ensure!(
        [1, rows, columns] == [channels, height, width],
        "its images are 1 x {rows} x {columns}, and the network takes {channels} x {height} x {width}"
    );
    let pixels = &content[16..];
    let expected = count.checked_mul(rows * columns);
    ensure!(expected == Some(pixels.len()), "it says {count} images, and holds other bytes");
    let values = |image: &[u8]| image.iter().map(|&byte| f32::from(byte) / 255.0).collect();
    Ok(pixels.chunks_exact(rows * columns).map(values).collect())
}

fn png(content: &[u8], [channels, height, width]: [usize; 3]) -> Result<Vec<f32>> {
    let mut decoder = png::Decoder::new(Cursor::new(content));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let (rows, columns) = (reader.info().height as usize, reader.info().width as usize);
    ensure!(
        [rows, columns] == [height, width],
        "it has {rows} rows of {columns} pixels, and the network takes {height} of {width}"
    );
    let mut pixels = vec![0; reader.output_buffer_size()];
    let frame = reader.next_frame(&mut pixels)?;
    let samples = frame.color_type.samples();
    let value = |byte: u8| f32::from(byte) / 255.0;
    let channel = |pixel: &[u8], channel: usize| match (samples, channels) {
        // Grey, perhaps with transparency, for every channel.
        (1 | 2, _) => value(pixel[0]),
        // The brightness of colours (ITU-R BT.601).
        (_, 1) => 0.299 * value(pixel[0]) + 0.587 * value(pixel[1]) + 0.114 * value(pixel[2]),
        _ => value(pixel[channel]),
    };
    ensure!(channels == 1 || channels == 3, "the network takes {channels} channels");
    let pixels = &pixels[..frame.buffer_size()];
    let all = (0..channels).flat_map(|index| {
        pixels.chunks_exact(samples).map(move |pixel| channel(pixel, index)).collect::<Vec<_>>()
    });
    Ok(all.collect())
}
