//! Replays texts that NumPy 2.4 printed. Each line of the data file is one case in seven fields between tabs: what to
//! call, dtype, shape, bytes of a pool of elements in hexadecimal (element `i` is number `i` modulo the pool's
//! length), options, arguments, expected text.

use std::cell::Cell;

use base::{DType, Scalar};
use mxnet_array::print::{
    self, Elements, FloatMode, FloatText, Options, Sign, Trim, array2string, format_float_positional,
    format_float_scientific, scalar_text, to_repr, to_str,
};

/// The dtypes that NumPy does not show.
const NUMPY_DEFAULTS: [DType; 4] = [DType::Bool, DType::I64, DType::F64, DType::C128];

struct Pool {
    shape: Vec<i64>,
    dtype: DType,
    values: Vec<Scalar>,
}

impl Elements for Pool {
    fn shape(&self) -> &[i64] {
        &self.shape
    }
    fn dtype(&self) -> DType {
        self.dtype
    }
    fn get(&self, index: &[i64]) -> Scalar {
        let flat = index.iter().zip(&self.shape).fold(0, |flat, (at, length)| flat * length + at);
        self.values[flat as usize % self.values.len()]
    }
}

fn pool(dtype: &str, shape: &str, hex: &str) -> Pool {
    let dtype = DType::from_name(dtype).unwrap();
    let shape = shape.split(',').filter(|length| !length.is_empty()).map(|length| length.parse().unwrap());
    let bytes: Vec<u8> =
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect();
    let values = bytes.chunks(dtype.size()).map(|bytes| Scalar::from_bytes(dtype, bytes)).collect();
    Pool { shape: shape.collect(), dtype, values }
}

fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(';').filter_map(|pair| pair.split_once('='))
}

fn options(text: &str) -> Options {
    let mut options = Options::default();
    for (key, value) in pairs(text) {
        match key {
            "precision" => options.precision = value.parse().unwrap(),
            "threshold" => options.threshold = value.parse().unwrap(),
            "edgeitems" => options.edgeitems = value.parse().unwrap(),
            "linewidth" => options.linewidth = value.parse().unwrap(),
            "suppress" => options.suppress = value == "True",
            "nanstr" => options.nanstr = value.to_owned(),
            "infstr" => options.infstr = value.to_owned(),
            "sign" => options.sign = Sign::from_name(value).unwrap(),
            "floatmode" => options.floatmode = FloatMode::from_name(value).unwrap(),
            other => panic!("unknown option {other}"),
        }
    }
    options
}

fn float_text(text: &str) -> FloatText {
    let mut out = FloatText::default();
    for (key, value) in pairs(text) {
        let number = value.parse().ok();
        match key {
            "precision" => out.precision = number,
            "min_digits" => out.min_digits = number,
            "pad_left" => out.pad_left = number,
            "pad_right" => out.pad_right = number,
            "exp_digits" => out.exp_digits = number,
            "unique" => out.unique = value == "True",
            "fractional" => out.fractional = value == "True",
            "sign" => out.sign = value == "True",
            "trim" => out.trim = Trim::from_name(value).unwrap(),
            other => panic!("unknown argument {other}"),
        }
    }
    out
}

fn unescape(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\t", "\t")
}

fn printed(fields: &[&str]) -> String {
    let pool = pool(fields[1], fields[2], fields[3]);
    match fields[0] {
        "repr" => to_repr(&pool, &options(fields[4]), &NUMPY_DEFAULTS, None),
        "str" => to_str(&pool, &options(fields[4])),
        "array2string" => {
            let arguments: Vec<String> = fields[5].split('|').map(unescape).collect();
            array2string(&pool, &options(fields[4]), &arguments[0], &arguments[1], &arguments[2])
        }
        "scalar" => scalar_text(pool.values[0]),
        "positional" => format_float_positional(pool.values[0], &float_text(fields[4]))
            .unwrap_or_else(|error| format!("{:?}Error", error.kind)),
        "scientific" => format_float_scientific(pool.values[0], &float_text(fields[4]))
            .unwrap_or_else(|error| format!("{:?}Error", error.kind)),
        other => panic!("unknown kind {other}"),
    }
}

#[test]
fn texts_are_numpys_to_the_last_blank() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/print_cases.txt");
    let cases = std::fs::read_to_string(path).unwrap();
    let mut wrong = Vec::new();
    for (number, line) in cases.lines().enumerate() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (got, expected) = (printed(&fields), unescape(fields[6]));
        if got != expected {
            wrong.push(format!(
                "line {}: {}\nexpected\n{expected}\ngot\n{got}",
                number + 1,
                fields.join(" ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} differ\n{}",
        wrong.len(),
        cases.lines().count(),
        wrong[..wrong.len().min(8)].join("\n\n")
    );
}

#[test]
fn a_suffix_follows_the_dtype_and_counts_for_the_line() {
    let ones = |length| Pool { shape: vec![length], dtype: DType::F32, values: vec![Scalar::F32(1.0)] };
    let repr = |length, defaults: &[DType]| {
        to_repr(&ones(length), &Options::default(), defaults, Some("ctx=gpu(0)"))
    };
    assert_eq!(repr(2, &[DType::F32]), "array([1., 1.], ctx=gpu(0))");
    assert_eq!(repr(2, &[]), "array([1., 1.], dtype=float32, ctx=gpu(0))");
    assert_eq!(repr(0, &[DType::F32]), "array([], dtype=float32, ctx=gpu(0))");
    assert!(repr(15, &[]).ends_with("1., 1.],\n      dtype=float32, ctx=gpu(0))"));
}

#[test]
fn only_edge_items_of_a_large_array_are_fetched() {
    struct Counted(Cell<usize>);
    impl Elements for Counted {
        fn shape(&self) -> &[i64] {
            &[1 << 40, 1 << 40, 5]
        }
        fn dtype(&self) -> DType {
            DType::I8
        }
        fn get(&self, _: &[i64]) -> Scalar {
            self.0.set(self.0.get() + 1);
            Scalar::I8(7)
        }
    }
    let array = Counted(Cell::new(0));
    let text = to_repr(&array, &Options::default(), &[], None);
    assert!(text.ends_with("shape=(1099511627776, 1099511627776, 5), dtype=int8)"), "{text}");
    // Once to measure and once to write.
    assert_eq!(array.0.get(), 2 * 6 * 6 * 5);
}

#[test]
fn extreme_options_neither_panic_nor_overflow() {
    let pool = Pool {
        shape: vec![2, 3],
        dtype: DType::F64,
        values: vec![Scalar::F64(f64::NAN), Scalar::F64(1e300)],
    };
    let plain = Options::default();
    for options in [
        Options { edgeitems: i64::MAX, threshold: 0, ..plain.clone() },
        Options { edgeitems: i64::MIN, threshold: i64::MIN, ..plain.clone() },
        Options { linewidth: usize::MAX, ..plain.clone() },
        Options { linewidth: 0, nanstr: "   ".into(), infstr: String::new(), ..plain.clone() },
        Options { precision: usize::MAX, floatmode: FloatMode::Fixed, suppress: true, ..plain.clone() },
    ] {
        let text = to_repr(&pool, &options, &[], None);
        assert!(text.starts_with("array("), "{options:?}");
    }
}

#[test]
fn set_options_hold_for_the_process() {
    let before = print::options();
    print::set_options(Options { precision: 3, ..before.clone() });
    assert_eq!(print::options().precision, 3);
    print::set_options(before);
}
