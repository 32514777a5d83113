//! Made-up Chinese names: a common surname and one or two characters that are common in given names.

use crate::kinds::Sex;
use quell_foundation::Stream;

/// Surnames and their relative frequency, in the order of the Ministry of Public Security's national report on names (2019, 2020),
/// but 李 first, as in Chongqing (same report, verified). Frequencies in percent, rounded, from memory.
#[rustfmt::skip]
const SURNAMES: [(&str, f64); 60] = [
    ("李", 7.5), ("王", 6.8), ("张", 6.5), ("刘", 5.2), ("陈", 5.0), ("杨", 3.6), ("黄", 2.6), ("周", 2.4), ("吴", 2.0), ("赵", 1.8),
    ("徐", 1.6), ("孙", 1.3), ("马", 1.2), ("朱", 1.2), ("胡", 1.2), ("郭", 1.1), ("何", 1.3), ("高", 1.0), ("林", 0.9), ("罗", 1.2),
    ("郑", 0.9), ("梁", 0.8), ("谢", 0.8), ("宋", 0.7), ("唐", 0.9), ("许", 0.6), ("韩", 0.6), ("冯", 0.7), ("邓", 0.8), ("曹", 0.6),
    ("彭", 0.7), ("曾", 0.7), ("肖", 0.6), ("田", 0.6), ("董", 0.5), ("袁", 0.6), ("潘", 0.5), ("蒋", 0.6), ("蔡", 0.5), ("余", 0.6),
    ("杜", 0.5), ("叶", 0.4), ("程", 0.5), ("苏", 0.4), ("魏", 0.5), ("吕", 0.4), ("丁", 0.4), ("任", 0.5), ("沈", 0.3), ("姚", 0.4),
    ("卢", 0.4), ("傅", 0.3), ("钟", 0.5), ("姜", 0.3), ("谭", 0.6), ("廖", 0.5), ("范", 0.4), ("向", 0.6), ("龚", 0.4), ("冉", 0.4),
];

/// Characters common in men's given names.
const MEN: [&str; 40] = [
    "伟", "强", "磊", "军", "勇", "杰", "涛", "明", "超", "平", "刚", "辉", "鹏", "华", "飞", "鑫", "波", "斌", "宇", "浩", "凯", "建",
    "国", "志", "文", "海", "峰", "林", "俊", "宏", "成", "松", "永", "祥", "云", "德", "昌", "福", "江", "毅",
];
/// Characters common in women's given names.
const WOMEN: [&str; 40] = [
    "芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "秀", "燕", "玲", "桂", "英", "梅", "红", "兰", "萍", "琴", "春", "玉", "婷", "雪",
    "倩", "莉", "洁", "琼", "晓", "佳", "欣", "怡", "慧", "蓉", "群", "珍", "淑", "凤", "翠", "莲", "清", "月",
];

/// Of given names, this share has two characters. Assumption.
const TWO_CHARACTERS: f64 = 0.8;

/// Draws names.
pub(crate) struct Names {
    stream: Stream,
    weights: Vec<f64>,
}

impl Names {
    pub(crate) fn new(seed: u64, community: &str) -> Self {
        let weights = SURNAMES.iter().map(|(_, w)| *w).collect();
        Self { stream: Stream::named(seed, &format!("names {community}")), weights }
    }

    pub(crate) fn surname(&mut self) -> &'static str {
        SURNAMES[self.stream.weighted(&self.weights).unwrap_or(0)].0
    }

    /// A full name under this surname.
    pub(crate) fn full(&mut self, surname: &str, sex: Sex) -> String {
        let characters: &[&str] = if sex == Sex::Female { &WOMEN } else { &MEN };
        let mut name = String::with_capacity(9);
        name.push_str(surname);
        let count = if self.stream.chance(TWO_CHARACTERS) { 2 } else { 1 };
        (0..count).filter_map(|_| self.stream.pick(characters)).for_each(|c| name.push_str(c));
        name
    }
}
