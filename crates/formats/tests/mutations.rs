//! What is written is read again, and damaged files are errors: never panics, never more bytes than the file holds.

use mxnet_formats::{
    Body, Bytes, DeviceMark, Format, Item, Options, Order, Pieces, Result, Version, fill, read, write,
};
use proptest::prelude::*;

struct Numbers(Vec<Vec<u8>>);

impl Body for Numbers {
    fn write(&mut self, number: usize, pieces: &mut Pieces<'_>) -> Result<()> {
        pieces.put(&self.0[number])
    }
}

fn items() -> Vec<Item> {
    let item = |name: &str, dtype, shape: &[i64]| Item {
        name: name.to_owned(),
        dtype,
        shape: shape.to_vec(),
        order: Order::C,
        device: DeviceMark { kind: 1, index: 0 },
    };
    vec![
        item("w", base::DType::F32, &[2, 3]),
        item("b", base::DType::I64, &[3]),
        item("e", base::DType::U8, &[0, 4]),
        item("s", base::DType::F64, &[]),
    ]
}

fn body(items: &[Item]) -> Numbers {
    let bytes = |item: &Item| (0..item.bytes().unwrap()).map(|at| (at * 7) as u8).collect();
    Numbers(items.iter().map(bytes).collect())
}

fn file(format: Format, compressed: bool) -> Vec<u8> {
    let mut items = items();
    if format == Format::Npy {
        items.truncate(1);
    }
    let options = Options { named: true, compressed, version: Version::Np, ..Options::default() };
    let mut out = std::io::Cursor::new(Vec::new());
    write(format, &items, &options, &mut body(&items), &mut out, &mut |_| Ok(())).unwrap();
    out.into_inner()
}

const FILES: [(Format, bool); 5] = [
    (Format::Npy, false),
    (Format::Npz, false),
    (Format::Npz, true),
    (Format::Safetensors, false),
    (Format::Mxnet, false),
];

#[test]
fn what_is_written_is_read_again() {
    let (items, expected) = (items(), body(&items()).0);
    for (format, compressed) in FILES {
        let content = file(format, compressed);
        let mut source = Bytes(&content);
        let contents = read(&mut source).unwrap();
        assert_eq!((contents.format, contents.end), (format, content.len() as u64));
        for (item, expected) in items.iter().zip(&expected).take(contents.entries.len()) {
            let name = if format == Format::Npy { "0" } else { &item.name };
            let entry = &contents.entries[contents.find(name).unwrap()];
            assert_eq!((&entry.dtype, &entry.shape), (&Ok(item.dtype), &item.shape));
            let mut found = vec![1; expected.len()];
            fill(&mut source, entry, &mut found, &mut |_| Ok(())).unwrap();
            assert_eq!(&found, expected, "{format:?} {name}");
        }
    }
}

/// Everything that can be done with a file.
fn load(content: &[u8]) {
    let mut source = Bytes(content);
    let Ok(contents) = read(&mut source) else { return };
    for entry in &contents.entries {
        let Ok(bytes) = entry.bytes() else { continue };
        if let Some(at) = entry.mapped_at() {
            assert!(at + bytes <= content.len() as u64);
        }
        if bytes < 1 << 20 {
            let _damaged = fill(&mut source, entry, &mut vec![0; bytes as usize], &mut |_| Ok(()));
        }
    }
}

#[test]
fn every_cut_is_an_error_or_a_shorter_file() {
    for (format, compressed) in FILES {
        let content = file(format, compressed);
        for length in 0..content.len() {
            assert!(read(&mut Bytes(&content[..length])).is_err(), "{format:?} {length}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn mutated_files_never_panic(
        which in 0..FILES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![any::<u8>(), Just(0), Just(255)], 0..4u8), 1..8),
    ) {
        let mut content = file(FILES[which].0, FILES[which].1);
        for (at, value, kind) in changes {
            let at = at.index(content.len().max(1));
            match kind {
                0 | 1 if at < content.len() => content[at] = value,
                2 => content.truncate(content.len() - usize::from(value).min(content.len())),
                _ => content.splice(at..at, [value; 4]).for_each(drop),
            }
        }
        load(&content);
    }
}
