//! The PDF file: objects leave as soon as they are written, so that a batch of any length needs the memory of one document; fonts, the
//! tree of pages and the table of objects follow at the end.

use crate::Problem;
use crate::pen::{Pen, UsedFace};
use crate::sheet::{Code, Page};
use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::writers::{Catalog, DocumentInfo};
use pdf_writer::{Chunk, Filter, Finish, Name, Rect, Ref, Settings, Str, TextStr};

const COMPRESSION: u8 = 6;
const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const FONTS: Ref = Ref::new(3);
const INFO: Ref = Ref::new(4);
const FIRST_FREE: i32 = 5;
const ADOBE: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// A PDF file in the making.
pub(crate) struct File {
    /// What was written and not yet taken.
    ready: Vec<u8>,
    /// How many bytes were taken before.
    taken: usize,
    /// Where each object begins; its number is the index and one.
    offsets: Vec<usize>,
    pages: Vec<Ref>,
}

impl File {
    pub(crate) fn new() -> Self {
        // The four bytes above 127 tell programs that this is no text.
        let ready = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        Self { ready, taken: 0, offsets: vec![0; FIRST_FREE as usize - 1], pages: Vec::new() }
    }

    pub(crate) fn pages(&self) -> usize {
        self.pages.len()
    }

    /// Takes the bytes that are ready.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.taken += self.ready.len();
        std::mem::take(&mut self.ready)
    }

    fn new_ref(&mut self) -> Ref {
        self.offsets.push(0);
        Ref::new(self.offsets.len() as i32)
    }

    fn put(&mut self, id: Ref, write: impl FnOnce(&mut Chunk)) {
        let mut chunk = Chunk::with_settings(Settings { pretty: false });
        write(&mut chunk);
        if let Some(offset) = self.offsets.get_mut(id.get() as usize - 1) {
            *offset = self.taken + self.ready.len();
        }
        self.ready.extend_from_slice(chunk.as_bytes());
    }

    /// Writes a page.
    pub(crate) fn page(&mut self, page: Page) {
        let (id, content) = (self.new_ref(), self.new_ref());
        let code = page.code.map(|code| self.code(&code));
        let data = compress_to_vec_zlib(page.content.finish().as_slice(), COMPRESSION);
        self.put(content, |c| {
            c.stream(content, &data).filter(Filter::FlateDecode);
        });
        self.put(id, |c| {
            let mut p = c.page(id);
            p.media_box(Rect::new(0.0, 0.0, page.width, page.height)).parent(PAGES).contents(content);
            let mut resources = p.resources();
            resources.pair(Name(b"Font"), FONTS);
            if let Some(code) = code {
                resources.x_objects().pair(Name(b"Q"), code);
            }
        });
        self.pages.push(id);
    }

    fn code(&mut self, code: &Code) -> Ref {
        let id = self.new_ref();
        let data = compress_to_vec_zlib(&code.bits, COMPRESSION);
        self.put(id, |c| {
            let mut image = c.image_xobject(id, &data);
            image.filter(Filter::FlateDecode);
            image.width(code.side).height(code.side).bits_per_component(1).image_mask(true).decode([1.0, 0.0]);
        });
        id
    }

    /// Writes what stands at the end and returns the bytes not yet taken.
    pub(crate) fn finish(mut self, pen: &Pen<'_>, title: &str) -> Result<Vec<u8>, Problem> {
        let mut fonts = Vec::new();
        for (n, face) in pen.faces.iter().enumerate().filter(|(_, f)| f.used.len() > 1) {
            fonts.push((face_name(n), self.font(face)?));
        }
        self.put(FONTS, |c| {
            let mut dict = c.indirect(FONTS).dict();
            for (name, id) in &fonts {
                dict.pair(Name(name.as_bytes()), *id);
            }
        });
        let pages = std::mem::take(&mut self.pages);
        self.put(PAGES, |c| {
            c.pages(PAGES).count(pages.len() as i32).kids(pages.iter().copied());
        });
        self.put(CATALOG, |c| {
            let mut catalog = c.indirect(CATALOG).start::<Catalog<'_>>();
            catalog.pages(PAGES).lang(TextStr("zh-CN"));
            catalog.viewer_preferences().display_doc_title(true);
        });
        self.put(INFO, |c| {
            let mut info = c.indirect(INFO).start::<DocumentInfo<'_>>();
            info.title(TextStr(title)).producer(TextStr("Quell"));
        });
        self.end();
        Ok(self.ready)
    }

    /// The table of objects and where it is.
    fn end(&mut self) {
        let at = self.taken + self.ready.len();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f\r\n", self.offsets.len() + 1);
        for offset in &self.offsets {
            table.push_str(&format!("{offset:010} 00000 n\r\n"));
        }
        let (size, root, info) = (self.offsets.len() + 1, CATALOG.get(), INFO.get());
        table.push_str(&format!("trailer\n<</Size {size}/Root {root} 0 R/Info {info} 0 R>>\nstartxref\n{at}\n%%EOF\n"));
        self.ready.extend_from_slice(table.as_bytes());
    }

    /// Writes a font, cut down to the glyphs used.
    fn font(&mut self, used: &UsedFace<'_>) -> Result<Ref, Problem> {
        let [font, cid, descriptor, data, cmap] = std::array::from_fn(|_| self.new_ref());
        let is_cff = used.face.tables().cff.is_some();
        let name = base_name(used);
        let program = program(used, is_cff)?;
        self.put(data, |c| {
            let mut stream = c.stream(data, &program);
            stream.filter(Filter::FlateDecode);
            if is_cff {
                stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
            }
        });
        let unicode = compress_to_vec_zlib(&to_unicode(used), COMPRESSION);
        self.put(cmap, |c| {
            c.cmap(cmap, &unicode).filter(Filter::FlateDecode);
        });
        self.put(descriptor, |c| describe(c, descriptor, used, &name, data, is_cff));
        self.put(cid, |c| {
            let mut f = c.cid_font(cid);
            f.subtype(if is_cff { CidFontType::Type0 } else { CidFontType::Type2 });
            f.base_font(Name(name.as_bytes())).system_info(ADOBE).font_descriptor(descriptor).default_width(1000.0);
            if !is_cff {
                f.cid_to_gid_map_predefined(Name(b"Identity"));
            }
            f.widths().consecutive(0, used.used.iter().map(|(_, advance)| advance * 1000.0));
        });
        self.put(font, |c| {
            let mut f = c.type0_font(font);
            f.base_font(Name(name.as_bytes())).encoding_predefined(Name(b"Identity-H")).descendant_font(cid).to_unicode(cmap);
        });
        Ok(font)
    }
}

/// What content streams call a font.
pub(crate) fn face_name(n: usize) -> String {
    format!("F{n}")
}

/// The font's own name behind six letters that tell one cut from another, as the format asks for.
fn base_name(used: &UsedFace<'_>) -> String {
    let names = used.face.names();
    let own = names.into_iter().filter(|n| n.name_id == ttf_parser::name_id::POST_SCRIPT_NAME).find_map(|n| n.to_string());
    let own: String = own.unwrap_or_default().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let sum = used.used.iter().fold(7u32, |sum, (c, _)| sum.wrapping_mul(31).wrapping_add(u32::from(*c)));
    let tag: String = (0..6).map(|n| char::from(b'A' + (sum / 26u32.pow(n) % 26) as u8)).collect();
    format!("{tag}+{}", if own.is_empty() { "Font" } else { &own })
}

/// The compressed font program: of a CFF font only that table.
fn program(used: &UsedFace<'_>, is_cff: bool) -> Result<Vec<u8>, Problem> {
    let subset = subsetter::subset(used.data, 0, &used.remapper).map_err(|e| Problem::BadFont(e.to_string()))?;
    let cff = || ttf_parser::RawFace::parse(&subset, 0).ok()?.table(ttf_parser::Tag::from_bytes(b"CFF "));
    let program = if is_cff { cff().ok_or_else(|| Problem::BadFont("its outlines are lost".into()))? } else { &subset };
    Ok(compress_to_vec_zlib(program, COMPRESSION))
}

fn to_unicode(used: &UsedFace<'_>) -> Vec<u8> {
    let mut map = UnicodeCmap::new(Name(b"Custom"), ADOBE);
    for (n, (c, _)) in used.used.iter().enumerate().skip(1) {
        map.pair(n as u16, *c);
    }
    map.finish().into_vec()
}

fn describe(chunk: &mut Chunk, id: Ref, used: &UsedFace<'_>, name: &str, data: Ref, is_cff: bool) {
    let (face, bbox) = (&used.face, used.face.global_bounding_box());
    let unit = |v: i16| f32::from(v) * 1000.0 / f32::from(face.units_per_em());
    let mut d = chunk.font_descriptor(id);
    d.name(Name(name.as_bytes())).flags(FontFlags::SYMBOLIC);
    d.bbox(Rect::new(unit(bbox.x_min), unit(bbox.y_min), unit(bbox.x_max), unit(bbox.y_max)));
    d.italic_angle(0.0).ascent(unit(face.ascender())).descent(unit(face.descender()));
    d.cap_height(unit(face.capital_height().unwrap_or(face.ascender()))).stem_v(80.0);
    if is_cff {
        d.font_file3(data);
    } else {
        d.font_file2(data);
    }
    d.finish();
}
