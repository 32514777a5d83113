//! Writing a name in one way: width, case, accents, traditional characters, remarks in brackets.

use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Traditional and variant characters that occur in names, each followed by its simplified form
/// (Unicode Unihan, kSimplifiedVariant and kZVariant; only characters met in names).
const SIMPLIFIED: &str = "張张劉刘陳陈楊杨黃黄趙赵吳吴孫孙馬马羅罗鄭郑謝谢許许韓韩馮冯鄧邓曾曾彭彭蕭萧蔣蒋葉叶餘余於于\
蘇苏呂吕盧卢鍾钟薑姜薛薛閻阎閆闫範范陸陆賈贾鄒邹嚴严龔龚錢钱湯汤賴赖龍龙萬万顧顾賀贺郝郝邵邵譚谭聶聂齊齐魯鲁畢毕竇窦\
紀纪單单歐欧陽阳諸诸葛葛馬马東东寧宁關关蘭兰莊庄嶽岳駱骆塗涂藍蓝倫伦鮑鲍滿满遲迟龐庞儲储饒饶佘佘衛卫婁娄鄔邬聞闻厲厉溫温\
偉伟強强軍军國国華华麗丽豔艳艷艳鳳凤蓮莲瓊琼瑩莹穎颖頴颖寶宝貴贵興兴榮荣慶庆廣广亞亚達达運运連连進进遠远勝胜勳勋勲勋雙双\
業业樂乐寶宝傑杰億亿倉仓儀仪優优偉伟傳传僑侨儉俭兒儿內内剛刚創创動动務务勞劳協协衆众眾众員员問问啟启啓启喬乔嘯啸園园圓圆\
聖圣堅坚報报場场壽寿夢梦奮奋婦妇媽妈嬌娇嫻娴孃娘學学實实審审寬宽寵宠將将尋寻對对導导層层峯峰島岛崗岗嶺岭巖岩幫帮帶带師师\
幹干幾几庫库廟庙彥彦彌弥後后從从徑径徵征恆恒悅悦惠惠愛爱慧慧憲宪憶忆應应懷怀戰战戲戏戶户拋抛捷捷換换揚扬損损搖摇撫抚擁拥\
擇择擔担據据擧举舉举攝摄敵敌數数斌斌暉晖曉晓曆历歷历曄晔暢畅書书會会術术朱朱條条來来極极楨桢榮荣構构樹树橋桥機机檢检權权\
歡欢歲岁歸归殘残殿殿氣气洁洁潔洁濤涛濱滨瀾澜瀟潇灣湾淵渊淨净淚泪澤泽濟济潤润漢汉滬沪漁渔燈灯煒炜煥焕熾炽燁烨燕燕燦灿爍烁\
爐炉爭争爾尔牆墙獻献獎奖獨独瑋玮瑤瑶璣玑環环璽玺產产畫画異异當当發发盛盛盤盘矯矫碩硕磊磊禎祯禮礼禪禅種种稱称積积穩稳窮穷\
競竞筆笔節节範范築筑篤笃簡简籃篮糧粮純纯紅红紋纹納纳紐纽紗纱級级紛纷素素紫紫細细紹绍終终組组結结給给絡络統统絲丝經经綠绿\
維维綱纲綺绮緒绪線线編编緣缘縣县績绩繡绣繼继續续纓缨纖纤織织羣群義义習习翹翘聯联聰聪聲声職职肅肃臨临臺台與与艦舰藝艺芸芸\
蕓芸葦苇蒼苍蓉蓉薇薇薈荟蘊蕴處处號号虛虚蟬蝉補补裝装裡里裏里見见規规視视親亲覺觉觀观計计訓训記记設设訪访詠咏詩诗詳详誠诚\
誌志認认語语誼谊調调論论諾诺謀谋諒谅謙谦講讲證证識识護护讓让讚赞豐丰財财貞贞貢贡責责費费賓宾賜赐賢贤質质賽赛贊赞贏赢躍跃\
車车軒轩輝辉煇辉輕轻輪轮輯辑農农適适選选遷迁邁迈還还邊边郵邮鄉乡醫医釋释釗钊針针鈞钧鈴铃鉅巨銀银銅铜銘铭銳锐鋒锋鋭锐錄录\
錦锦鍵键鎖锁鎮镇鏡镜鐘钟鐵铁鑑鉴鑒鉴長长門门開开閔闵閩闽閣阁闊阔闖闯陰阴際际隨随險险隱隐雋隽雜杂離离雲云電电霧雾霽霁靈灵\
靜静鞏巩韋韦韻韵響响頁页項项順顺須须頌颂預预領领頻频題题顏颜願愿類类顯显風风飄飘飛飞養养騎骑騰腾驊骅驕骄驗验驥骥體体髮发\
鬆松魚鱼鮮鲜鯤鲲鳴鸣鴻鸿鵬鹏鶴鹤鷹鹰鸞鸾麥麦點点齡龄龜龟昇升陞升珮佩玨珏崐昆崑昆堃坤淼淼滙汇匯汇彙汇嬋婵嫺娴娟娟妍妍姸妍\
鑫鑫釧钏鈺钰鉄铁鎧铠鍇锴鋼钢錫锡鋭锐錚铮鋆鋆緹缇緋绯綿绵緻致縈萦繪绘繽缤絢绚綸纶緯纬練练繁繁瑪玛珺珺瓏珑璟璟瑄瑄嵐岚嵩嵩\
瑾瑾蔭荫蔚蔚蔣蒋薌芗藺蔺蘆芦蘿萝蘋苹萊莱莖茎莧苋華华荊荆荘庄莊庄澐沄潯浔濰潍灝灏湞浈渾浑溈沩滄沧滿满漣涟漸渐潛潜澗涧濃浓";

/// Characters that are taken for one another when read from paper or a screen: groups of look-alikes. Assumption: the pairs that
/// proof-readers name; a small table, not a model of shapes.
const LOOK_ALIKE: &str = "己已巳 未末 士土 王玉壬 日曰 晴睛清 大太犬 人入 天夭 千干于 刀力 午牛 目自 田由甲申 住佳往 侯候 \
治冶 沦论 今令 戌戍戊 析折 拆折 洁沽 玲珍 婷停 辉挥浑 晖晕 萍苹 梅海悔 娟涓 莉利 丽两 霞露 兰三 芳芬 敏繁 静净 艳绝 燕蒸 \
杨扬 陈阵 李季 刘对 孙孔 徐除 林材 郑邓 梁粱 宋宗 冯马 曹曾 彭影 蔡祭 贾贵 丁了 魏巍 任仕 沈沉 姚挑 谭潭 汪江 石右 廖瘳 \
方万 邱郎 秦泰奏 史吏 顾硕 孟益 尹君 段殷 雷雪 汤扬 常赏 武斌 乔齐 伍任 庞龙 樊攀 兴兰 伟纬炜玮 强张 磊垒 军车 勇男 \
杰木 涛铸 超起 明朋 刚钢 平乎 鹏朋 飞气 鑫金 波坡 斌彬 宇字 浩洁 凯铠 建健 国固 志忘 文丈 海每 峰锋烽 俊骏峻浚 \
宏安 成戍 松柏 永水 云去 德得 福幅 毅段 萱宣 涵函 轩轻 梓锌 辰晨 怡恰治 欣掀 诺若 彤肜 妍研 琪棋淇 瑶摇 莹萤 颖颍 \
慧惠 蓉容 淑叔 凤风 翠萃 莲连 菊掬 珠株 琴瑟 秀季禾 英央 桂挂 桃挑 春舂 仁仨 义叉 仲冲 贤资 礼札 忠患 孝考 良艮 善普";

static TO_SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let all: Vec<char> = SIMPLIFIED.chars().collect();
    all.chunks_exact(2).filter(|pair| pair[0] != pair[1]).map(|pair| (pair[0], pair[1])).collect()
});

static ALIKE: LazyLock<HashMap<char, Vec<char>>> = LazyLock::new(|| {
    let mut out: HashMap<char, Vec<char>> = HashMap::new();
    for group in LOOK_ALIKE.split_whitespace() {
        for c in group.chars() {
            out.entry(c).or_default().extend(group.chars().filter(|o| *o != c));
        }
    }
    out
});

/// The characters that look like this one.
pub(crate) fn look_alikes(c: char) -> &'static [char] {
    ALIKE.get(&c).map_or(&[], Vec::as_slice)
}

/// The traditional form of a character, if the table has one: for the errors of the synthetic set.
pub(crate) fn traditional(c: char) -> Option<char> {
    TO_SIMPLIFIED.iter().filter(|(_, s)| **s == c).map(|(t, _)| *t).min()
}

/// True of a Chinese character.
pub(crate) fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// The name in one way of writing: simplified characters, small letters without accents, single spaces, nothing in brackets.
pub(crate) fn fold(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.nfkc() {
        match c {
            '(' | '[' | '【' | '〔' | '/' if !out.trim().is_empty() => break,
            c if is_han(c) => out.push(TO_SIMPLIFIED.get(&c).copied().unwrap_or(c)),
            c if c.is_alphabetic() => {
                c.nfd()
                    .filter(|d| !is_combining_mark(*d))
                    .flat_map(char::to_lowercase)
                    .filter(|d| !is_combining_mark(*d))
                    .for_each(|d| out.push(d));
            }
            '*' | '＊' | '×' | '○' => out.push('某'),
            c if c.is_whitespace() || matches!(c, '-' | ',' | '.' | '·' | '•' | '・' | '‧' | '、' | '\'' | '’' | '_') => {
                out.push(' ')
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_of_writing() {
        assert_eq!(fold("張　偉"), "张 伟");
        assert_eq!(fold("张伟（本人）"), "张伟");
        assert_eq!(fold("ＺＨĀNG Wěi"), "zhang wei");
        assert_eq!(fold("Zoë O’Brien-Núñez"), "zoe o brien nunez");
        assert_eq!(fold("王*"), "王某");
    }

    #[test]
    fn the_tables_are_pairs_and_groups() {
        assert_eq!(SIMPLIFIED.chars().filter(|c| !c.is_whitespace()).count() % 2, 0);
        for (t, s) in TO_SIMPLIFIED.iter() {
            assert!(!TO_SIMPLIFIED.contains_key(s), "{t} leads to {s}, which leads on");
        }
        assert!(look_alikes('未').contains(&'末'));
        assert!(SIMPLIFIED.chars().all(is_han));
        assert_eq!(TO_SIMPLIFIED.get(&'張'), Some(&'张'));
        assert_eq!(TO_SIMPLIFIED.get(&'濃'), Some(&'浓'));
    }
}
