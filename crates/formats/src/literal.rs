//! The few Python literals that the header of a `.npy` file is made of: dictionaries, tuples, lists, strings, whole
//! numbers, True, False and None. Nothing is evaluated, and depth is bounded.

use crate::{Error, Result};

/// A literal of Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    Text(String),
    Number(i64),
    Truth(bool),
    None,
    Sequence(Vec<Literal>),
    Dictionary(Vec<(Literal, Literal)>),
}

/// How deep literals may nest: record dtypes go two levels down per level of their own.
const DEPTH: usize = 32;

/// The literal that all of `text` spells.
pub(crate) fn parse(text: &str) -> Result<Literal> {
    let mut parser = Parser { rest: text, depth: 0 };
    let value = parser.value()?;
    parser.blank();
    if parser.rest.is_empty() { Ok(value) } else { Err(parser.wrong()) }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn wrong(&self) -> Error {
        let shown: String = self.rest.chars().take(20).collect();
        Error::invalid(format!("the header cannot be understood at {shown:?}"))
    }

    fn blank(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Steps over a sign, if it comes next.
    fn takes(&mut self, sign: char) -> bool {
        self.blank();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self) -> Result<Literal> {
        self.blank();
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Error::invalid("the header nests too deep"));
        }
        let found = match self.rest.chars().next() {
            Some('{') => self.dictionary(),
            Some('(') => self.sequence('(', ')'),
            Some('[') => self.sequence('[', ']'),
            Some('\'' | '"') => self.text().map(|text| Literal::Text(text.to_owned())),
            Some('0'..='9' | '-') => self.number(),
            _ => self.word(),
        };
        self.depth -= 1;
        found
    }

    fn dictionary(&mut self) -> Result<Literal> {
        let mut pairs = Vec::new();
        self.takes('{');
        while !self.takes('}') {
            let key = self.value()?;
            if !self.takes(':') {
                return Err(self.wrong());
            }
            pairs.push((key, self.value()?));
            if !self.takes(',') {
                if self.takes('}') {
                    break;
                }
                return Err(self.wrong());
            }
        }
        Ok(Literal::Dictionary(pairs))
    }

    fn sequence(&mut self, open: char, close: char) -> Result<Literal> {
        let mut items = Vec::new();
        self.takes(open);
        while !self.takes(close) {
            items.push(self.value()?);
            if !self.takes(',') {
                if !self.takes(close) {
                    return Err(self.wrong());
                }
                // parentheses around one value are no tuple
                if open == '(' && items.len() == 1 {
                    return items.pop().ok_or_else(|| self.wrong());
                }
                break;
            }
        }
        Ok(Literal::Sequence(items))
    }

    fn text(&mut self) -> Result<&'a str> {
        let quote = if self.rest.starts_with('"') { '"' } else { '\'' };
        let inner = &self.rest[1..];
        let length = inner.find([quote, '\\', '\n']).ok_or_else(|| self.wrong())?;
        if !inner[length..].starts_with(quote) {
            return Err(self.wrong());
        }
        self.rest = &inner[length + 1..];
        Ok(&inner[..length])
    }

    fn number(&mut self) -> Result<Literal> {
        let digits =
            self.rest.find(|sign: char| !sign.is_ascii_digit() && sign != '-').unwrap_or(self.rest.len());
        let value = self.rest[..digits].parse().map_err(|_| self.wrong())?;
        self.rest = &self.rest[digits..];
        // Python 2 wrote long integers so
        self.rest = self.rest.strip_prefix('L').unwrap_or(self.rest);
        Ok(Literal::Number(value))
    }

    fn word(&mut self) -> Result<Literal> {
        let known =
            [("True", Literal::Truth(true)), ("False", Literal::Truth(false)), ("None", Literal::None)];
        for (word, value) in known {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Ok(value);
            }
        }
        Err(self.wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read() {
        let found = parse("{'descr': '<f4', \"shape\": (3, 4L), 'fortran_order': False, }  \n").unwrap();
        let text = |text: &str| Literal::Text(text.to_owned());
        let wanted = Literal::Dictionary(vec![
            (text("descr"), text("<f4")),
            (text("shape"), Literal::Sequence(vec![Literal::Number(3), Literal::Number(4)])),
            (text("fortran_order"), Literal::Truth(false)),
        ]);
        assert_eq!(found, wanted);
        assert_eq!(parse("()").unwrap(), Literal::Sequence(vec![]));
        assert_eq!(parse("(7)").unwrap(), Literal::Number(7));
        assert_eq!(parse("(7,)").unwrap(), Literal::Sequence(vec![Literal::Number(7)]));
    }

    #[test]
    fn nothing_else_is() {
        let deep = "(".repeat(1000);
        for text in
            ["", "{", "{'a'}", "f()", "1 + 1", "'a", "'a\\'", "{'a': 1", "(1 2)", "[1,,2]", "--1", &deep]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
