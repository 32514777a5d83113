//! How common a surname or a character is: agreement on 王伟 says less than agreement on a rare name.

use crate::fold;
use crate::sound::{self, Sound};
use crate::weights::cost;
use std::collections::HashMap;

/// The 20 commonest surnames with their share of the population in percent (sixth national census, 2010, as reported by
/// the press in 2014).
#[rustfmt::skip]
pub(crate) const CENSUS_SURNAMES: [(char, f64); 20] = [
    ('王', 7.10), ('李', 6.96), ('张', 6.42), ('刘', 5.16), ('陈', 4.26), ('杨', 2.97), ('黄', 2.16), ('赵', 2.03), ('周', 1.88), ('吴', 1.78),
    ('徐', 1.43), ('孙', 1.39), ('马', 1.34), ('胡', 1.16), ('朱', 1.14), ('郭', 1.09), ('何', 1.05), ('罗', 1.00), ('高', 0.97), ('林', 0.96),
];

/// The surnames after those, the commoner first. The hundred together are 85.9 % of the population and the hundredth (2.61 million
/// people) 0.19 % (Ministry of Public Security, national report on names, 2019). Order within: approximate.
pub(crate) const FURTHER_SURNAMES: &str = "郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷段龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔\
向常汤温赖康施文洪牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申耿关兰焦俞左柳甘祝包宁冉代欧尚傅蓝符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁骆路游辛靳管柴蒙鲍华喻\
祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻\
苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支咸占阎况泮谯税青蹇";

/// Compound surnames.
pub(crate) const COMPOUND_SURNAMES: [&str; 24] = [
    "欧阳", "上官", "皇甫", "令狐", "诸葛", "司徒", "司马", "申屠", "夏侯", "贺兰", "完颜", "慕容", "尉迟", "长孙", "公孙", "东方", "端木",
    "宇文", "轩辕", "钟离", "南宫", "闻人", "万俟", "淳于",
];

/// Characters of given names, the commoner first. The first ten as in the Ministry's report of 2020; the order of the rest is
/// approximate. Shares follow the law of Zipf and Mandelbrot, 0.25 / (rank + 11.5): then six characters make up a tenth of all and 400
/// nine tenths, as counts of the census of 1982 found (from memory, not verified).
const GIVEN: &str = "英华文玉秀明丽兰红金国春梅建平志军小伟海云芳亚永桂德林晓敏霞会青艳忠燕成荣书冬珍杰新清凤君家俊光生静学强保和庆福琴娥花菊秋祥子东立芬勇利宇淑萍雪振波玲正美世\
义飞娟少龙辉富贵香宝梦爱吉芝洪良佳雨涛浩峰慧勤克婷安欣楠向盼鑫兴连莲元长江娜超水天仁宏彩雅刚翠月琼素洁思贝甜园妹武士万景方莉怡琳琪松瑞伦健磊斌鹏卫喜智凯大嘉\
爽旭双泽彬博晨远阳发根启雄汉兆娣侠礼其全涵胜道胤银亮昌倩群才顺益恒朝维中翔有树耀培绍宗仙权善加守开先容颖悦萱轩梓诗若依诺瑶琦蓉蕾薇丹露晶莹冰媛茜洋帆威鸿毅诚信友民治运进广\
炳锦钦传继承润源泉河湖山石川峻岩岭崇尚尔可心语桐汐妍彤瑾瑜珊珂玥昕辰奕墨航然豪睿哲轶逸铭钰锋钢铁铜钧炎焕灿炜煜熙煌章彦颜康宁泰乐欢喜星晴雯霖霜露虹霄云朵叶荷\
芸苗茂芹菲蓓薏葵菁苓芙芷若兵均坤堂城基培塘增壮声多奇如妮姗姣娇婉嫣嫦孝孟季存宪富寿尧尤屏岗巧巍师席常干庭廷延弘张弟彪征微徽念恩恺惠愉意慈懿成扬才振捷攀政教敬\
昊昕昭显晋晖普暄曦朋李来杨柏柱柳栋桃梁楚榕槐欧歌殿沛沁波泓洲浦淇淞渊湘溪滨漫澄瀚焱熊燕牛玄玫珠理琛琨瑛璐璇生田男甲申盈益盛真眉石碧祖禄程穗竹笑筠箐纯纹织绪绮\
缘翎翰耕聪肖胡致航良艺艾莎菡萌蒙蔚薛虎蝶衡裕西观解言誉谦谷豫贞贤赛超跃路轲达迎进选通逢邦邱郁酉里野钟铃锐镇镜长门闻阔陵陶隆雁霏韵顶顺顿风飘首香驰骏高魁鲁鸣鹤\
鹰麒麟黎齐龄";

/// Given names of two characters that are common as a whole, men and women by fashion, the commoner first: those that the Ministry's
/// reports of 2019 and 2020 name by decade, and their like; the order is approximate.
pub(crate) const WHOLE: [[&str; 2]; 3] = [
    ["建国 建华 国华 和平 志强 建平 明华 建军 国强 文华", "秀英 桂英 秀兰 玉兰 玉英 凤英 桂兰 秀珍 素英 桂芳"],
    ["志强 海涛 晓东 建军 志刚 建华 小军 文杰 俊杰 海波", "婷婷 晓燕 海燕 小红 丽娟 小燕 丽萍 春燕 晓红 丹丹"],
    ["浩宇 浩然 宇轩 子轩 宇航 奕辰 梓豪 子墨 宇辰 俊杰", "欣怡 梓涵 一诺 诗涵 雨桐 子涵 依诺 梦瑶 雨涵 语桐"],
];
/// Share taken for each of them. Assumption, near to the few counts published.
const WHOLE_SHARE: f64 = 1.0 / 1_000.0;
/// Fewer bearers than this in a book are too few to count a given name as a whole.
const WHOLE_COUNTED: u32 = 5;
/// Of the second characters of given names, this share repeat the first (婷婷, 丹丹) beyond chance. Assumption.
const REPEATED: f64 = 1.0 / 40.0;
/// Share taken for a surname that no table knows: 14.1 % of the population bear some 6,000 rarer surnames (the same report);
/// twice the average, so that it is not overrated.
const RARE_SURNAME: f64 = 1.0 / 20_000.0;
/// Share taken for a character of given names that no table knows.
const RARE_GIVEN: f64 = 1.0 / 10_000.0;
/// Share taken for a word of a name in another script: no table of the world's names is kept.
const FOREIGN_WORD: f64 = 1.0 / 200.0;

/// How common surnames and characters of given names are, as the cost of an accidental agreement in hundredths of a bit.
#[derive(Debug, Clone)]
pub struct Frequencies {
    surname: Costs,
    given: Costs,
    whole: HashMap<String, i32>,
}

#[derive(Debug, Clone)]
struct Costs {
    character: HashMap<char, i32>,
    sound: HashMap<Sound, i32>,
    near: HashMap<Sound, i32>,
    rare: i32,
}

/// What it costs to agree on one character by accident: on the character, on its sound, on a sound near to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cost {
    pub same: i32,
    pub sound: i32,
    pub near: i32,
}

impl Costs {
    fn of(shares: &HashMap<char, f64>, sound_of: fn(char) -> Sound, rare: f64) -> Self {
        let (mut sound, mut near) = (HashMap::new(), HashMap::new());
        let mut ordered: Vec<(char, f64)> = shares.iter().map(|(c, share)| (*c, *share)).collect();
        // Sums of fractions depend on their order, a map's order on the process.
        ordered.sort_by_key(|(c, _)| *c);
        for (c, share) in ordered {
            let s = sound_of(c);
            *sound.entry(s).or_insert(0.0) += share;
            *near.entry(s.near()).or_insert(0.0) += share;
        }
        let costs = |shares: HashMap<Sound, f64>| shares.into_iter().map(|(s, share)| (s, cost(share.max(rare)))).collect();
        Self {
            character: shares.iter().map(|(c, share)| (*c, cost(share.max(rare)))).collect(),
            sound: costs(sound),
            near: costs(near),
            rare: cost(rare),
        }
    }
    fn look_up(&self, c: char, sound: Sound) -> Cost {
        let same = self.character.get(&c).copied().unwrap_or(self.rare);
        let by_ear = self.sound.get(&sound).copied().unwrap_or(self.rare).min(same);
        Cost { same, sound: by_ear, near: self.near.get(&sound.near()).copied().unwrap_or(self.rare).min(by_ear) }
    }
}

impl Frequencies {
    /// The tables of this crate: the whole of China.
    pub fn of_china() -> Self {
        let mut surnames: HashMap<char, f64> = CENSUS_SURNAMES.iter().map(|(c, percent)| (*c, percent / 100.0)).collect();
        for (rank, c) in (21..).zip(FURTHER_SURNAMES.chars()) {
            surnames.entry(c).or_insert(surname_share(rank));
        }
        let mut given = HashMap::new();
        for (rank, c) in (1..).zip(GIVEN.chars()) {
            given.entry(c).or_insert(0.25 / (f64::from(rank) + 11.5));
        }
        let names = WHOLE.as_flattened().iter().flat_map(|list| list.split(' '));
        let whole = names.map(|name| (name.to_owned(), cost(WHOLE_SHARE))).collect();
        Self::of_shares(&surnames, &given, whole)
    }
    /// Counted from names: those of the book itself know its clans and fashions better than any table.
    pub fn counted<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let (mut surnames, mut given) = (HashMap::<char, f64>::new(), HashMap::<char, f64>::new());
        let (mut whole, mut all) = (HashMap::<String, u32>::new(), 0_u32);
        for name in names {
            let name: Vec<char> = fold::fold(name).chars().filter(|c| fold::is_han(*c)).collect();
            let Some((first, rest)) = name.split_first() else { continue };
            all += 1;
            *surnames.entry(*first).or_default() += 1.0;
            rest.iter().for_each(|c| *given.entry(*c).or_default() += 1.0);
            if rest.len() > 1 {
                *whole.entry(rest.iter().collect()).or_default() += 1;
            }
        }
        let shares = |mut counts: HashMap<char, f64>| {
            let all: f64 = counts.values().sum();
            counts.values_mut().for_each(|n| *n /= all);
            counts
        };
        whole.retain(|_, n| *n >= WHOLE_COUNTED);
        let whole = whole.into_iter().map(|(name, n)| (name, cost(f64::from(n) / f64::from(all)))).collect();
        Self::of_shares(&shares(surnames), &shares(given), whole)
    }
    fn of_shares(surnames: &HashMap<char, f64>, given: &HashMap<char, f64>, whole: HashMap<String, i32>) -> Self {
        Self { surname: Costs::of(surnames, sound::surname, RARE_SURNAME), given: Costs::of(given, sound::given, RARE_GIVEN), whole }
    }
    /// What a given name costs as a whole, if it is commoner than its characters let expect.
    pub(crate) fn whole(&self, given: &str) -> Option<i32> {
        self.whole.get(given).copied()
    }
    /// What a character costs that repeats the one before.
    pub(crate) fn repeated(cost_alone: Cost) -> Cost {
        let most = cost(REPEATED);
        Cost { same: cost_alone.same.min(most), sound: cost_alone.sound.min(most), near: cost_alone.near.min(most) }
    }
    pub(crate) fn surname(&self, c: char, sound: Sound) -> Cost {
        self.surname.look_up(c, sound)
    }
    pub(crate) fn given(&self, c: char, sound: Sound) -> Cost {
        self.given.look_up(c, sound)
    }
    /// What a word in another script is worth: as a sound, if it is pinyin.
    pub(crate) fn word(&self, syllables: Option<&[Sound]>) -> i32 {
        let foreign = cost(FOREIGN_WORD);
        syllables.map_or(foreign, |all| all.iter().map(|s| self.syllable(*s)).sum())
    }
    /// Whether a syllable is the surname is not known: the lesser of the two.
    fn syllable(&self, sound: Sound) -> i32 {
        let of = |costs: &Costs| costs.sound.get(&sound).copied().unwrap_or(costs.rare);
        of(&self.surname).min(of(&self.given))
    }
}

/// From 0.94 % at rank 21 to 0.19 % at rank 100 and on by the same power.
pub(crate) fn surname_share(rank: i32) -> f64 {
    0.0094 * (f64::from(rank) / 21.0).powf(-1.02)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_those_published() {
        let hundred: f64 = CENSUS_SURNAMES.iter().map(|(_, p)| p / 100.0).sum::<f64>() + (21..=100).map(surname_share).sum::<f64>();
        assert!((0.82..0.88).contains(&hundred), "{hundred}");
        assert!((0.0017..0.0021).contains(&surname_share(100)));
        let six: f64 = (1..=6).map(|r| 0.25 / (f64::from(r) + 11.5)).sum();
        assert!((0.09..0.11).contains(&six), "{six}");
    }

    #[test]
    fn rare_costs_more_than_common() {
        let china = Frequencies::of_china();
        let given = |c| china.given(c, sound::given(c));
        let surname = |c| china.surname(c, sound::surname(c));
        assert!(surname('王').same < surname('覃').same && surname('覃').same < surname('厍').same);
        assert!(given('英').same < given('曦').same && given('曦').same <= given('龘').same);
        assert!(given('炜').sound < given('炜').same, "many characters are read wei");
        assert!(given('炜').near <= given('炜').sound);
    }

    #[test]
    fn a_book_counts_its_own() {
        let crowd = (0..40).map(|i| if i % 2 == 0 { "向秀英" } else { "向建国" });
        assert!(Frequencies::counted(crowd).whole("秀英").is_some_and(|c| c == cost(0.5)));
        let counted = Frequencies::counted(["向伟", "向军", "向红英", "王伟"].into_iter());
        assert!(counted.surname('向', sound::surname('向')).same < counted.surname('王', sound::surname('王')).same);
    }
}
