//! Made-up Chinese names as common as real ones.

use crate::Sex;
use crate::frequency::{CENSUS_SURNAMES, COMPOUND_SURNAMES, FURTHER_SURNAMES, WHOLE, surname_share};
use quell_foundation::Stream;

/// Given names of one character: 27.6 % at their peak in the eighties, 6.3 % of those born in 2020 (Ministry of Public Security,
/// national report on names, 2020); for those born before 1970 an assumption.
const ONE_CHARACTER: [f64; 3] = [0.12, 0.276, 0.10];
/// Born before this year the first fashion of names holds, before the next the second, then the third.
const FASHIONS: [i32; 2] = [1970, 2000];
/// Compound surnames: 1.5 million bear one of those counted in the report of 2020.
const COMPOUND: f64 = 0.001;
/// Of given names, this share has a character that no fashion has. Assumption.
const UNUSUAL: f64 = 0.12;
/// Rank plus this many is the divisor of a character's share within its fashion (Zipf and Mandelbrot). Assumption; with it 王伟 and
/// 李秀英 come out as common as published (some 280,000 and 240,000 in 1.3 billion).
const FLATTENING: f64 = 5.0;

/// Characters by fashion, men and women, the commoner first. The first of each as the reports of 2019 and 2020 name them by decade
/// (建国, 建华, 秀英, 玉兰; 伟, 磊, 勇, 军, 静, 丽; 梓, 宇, 浩, 涵, 欣, 轩); the order of the rest is an assumption.
const FASHION: [[&str; 2]; 3] = [
    [
        "国建明华文德成志林平生光祥福云春永忠荣金清海世玉学义兴贵长新松庆正友安富全元根良先才龙万天发朝昌胜宝山树水启江仁大宗培仕\
         伦礼耀善承加开远传保民道有柱臣勤泽宪炳田顺来喜财应辉方俊",
        "秀英玉兰桂珍芳华梅凤淑翠莲云美春月琴素菊香爱红金霞珠荣花清文琼群素碧惠玲仙娥巧芝银贤容桃先会书芬开彩元光明永德润喜莉娣\
         杏莹锦瑞志正全富",
    ],
    [
        "伟军勇强磊涛杰波斌鹏辉刚超明平华飞峰林建文海俊亮浩东凯健宇志鑫江龙国小洪旭松阳毅宁成云锋康勋川进雷少兵冬维金振继永晓庆\
         春红权祥义胜立中利彬洋新良光剑荣晨清",
        "丽静艳娟敏芳霞燕娜红英玲梅洁萍琴丹婷雪小莉倩琼晓蓉慧华群颖春利辉秀佳露平凤莲容翠亚海菊云玉珍芬清雯瑶琳媛妮莎青蕾林双微\
         巧永香君兰文会敬洪先冬",
    ],
    [
        "宇浩子轩梓杰俊博涵文辰泽豪睿天鑫嘉皓航铭诚翔昊然瑞涛鹏熙佳逸俞晨凯旭阳家思志奕明成锦一远林煜恒乐坤雨楷星峻沐朗哲弘川彦\
         霖言骏驰宸潇东海艺炫洋城",
        "欣雨梓涵怡子婷佳诗思语嘉琪妍瑶雅可馨一彤雪萱悦诺静紫晨若心艺菲梦琳月玥璇宇琦露蕊蓉文艳婉伊汐芸乐桐依熙鑫倩晴柔冰美莹媛\
         淇沐沁灵晗洁悠艾夏念",
    ],
];

/// Given names that are common as a whole have this share together. Assumption, with which 李秀英 comes out as common as published.
const WHOLE_SHARE: f64 = 0.08;
/// As [`FLATTENING`], of whole names.
const WHOLE_FLATTENING: f64 = 3.0;

/// Draws names.
pub(super) struct Names {
    surnames: (Vec<char>, Vec<f64>),
    characters: Vec<(Vec<char>, Vec<f64>)>,
    unusual: Vec<char>,
}

impl Names {
    pub fn new() -> Self {
        let ranked = (21..).zip(FURTHER_SURNAMES.chars()).map(|(rank, c)| (c, 100.0 * surname_share(rank)));
        let surnames = CENSUS_SURNAMES.into_iter().chain(ranked).unzip();
        let characters = FASHION.as_flattened().iter().map(|list| {
            let list: Vec<char> = list.chars().collect();
            let shares = (1..=list.len()).map(|rank| 1.0 / (rank as f64 + FLATTENING)).collect();
            (list, shares)
        });
        let all = FASHION.as_flattened().iter().flat_map(|list| list.chars());
        let rarely = ('\u{4E00}'..='\u{9FA5}').step_by(29);
        let mut unusual: Vec<char> = all.chain(rarely).chain(FURTHER_SURNAMES.chars()).collect();
        unusual.sort_unstable();
        unusual.dedup();
        Self { surnames, characters: characters.collect(), unusual }
    }

    pub fn surname(&self, stream: &mut Stream) -> String {
        if stream.chance(COMPOUND) {
            return stream.pick(&COMPOUND_SURNAMES).copied().unwrap_or_default().to_owned();
        }
        stream.weighted(&self.surnames.1).map(|i| self.surnames.0[i].to_string()).unwrap_or_default()
    }

    /// A character of the fashion of that year.
    pub fn character(&self, stream: &mut Stream, sex: Sex, year: i32) -> char {
        if stream.chance(UNUSUAL) {
            return self.any(stream);
        }
        let (list, shares) = &self.characters[2 * fashion(year) + usize::from(sex == Sex::Female)];
        stream.weighted(shares).map_or('明', |i| list[i])
    }

    /// Any character at all.
    pub fn any(&self, stream: &mut Stream) -> char {
        stream.pick(&self.unusual).copied().unwrap_or('明')
    }

    /// A given name; the first character may be set by the generation.
    pub fn given(&self, stream: &mut Stream, sex: Sex, year: i32, generation: Option<char>) -> String {
        if generation.is_none() && stream.chance(WHOLE_SHARE) {
            let names: Vec<&str> = WHOLE[fashion(year)][usize::from(sex == Sex::Female)].split(' ').collect();
            let shares: Vec<f64> = (1..=names.len()).map(|rank| 1.0 / (rank as f64 + WHOLE_FLATTENING)).collect();
            return stream.weighted(&shares).map(|i| names[i].to_owned()).unwrap_or_default();
        }
        let last = self.character(stream, sex, year);
        match generation {
            Some(first) => [first, last].into_iter().collect(),
            None if stream.chance(ONE_CHARACTER[fashion(year)]) => last.to_string(),
            None => [self.character(stream, sex, year), last].into_iter().collect(),
        }
    }
}

fn fashion(year: i32) -> usize {
    FASHIONS.iter().filter(|from| year >= **from).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_are_as_common_as_published() {
        let names = Names::new();
        let mut stream = Stream::named(5, "test");
        let mut counts = std::collections::HashMap::<String, u32>::new();
        const DRAWN: i64 = 200_000;
        for i in 0..DRAWN {
            let sex = if i % 2 == 0 { Sex::Male } else { Sex::Female };
            let year = stream.between(1940, 2015) as i32;
            let name = names.surname(&mut stream) + &names.given(&mut stream, sex, year, None);
            *counts.entry(name).or_default() += 1;
        }
        // 281,568 of 1.3 billion bear the name 王伟, 246,000 the name 李秀英: 43 and 38 of 200,000.
        for name in ["王伟", "张伟", "李秀英"] {
            assert!((15..150).contains(counts.get(name).unwrap_or(&0)), "{name}: {:?}", counts.get(name));
        }
    }
}
