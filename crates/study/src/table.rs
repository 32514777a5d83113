//! Tables out: the same as CSV and as Parquet.

use crate::row::{NUMBERS, OF_DAY, Run};
use crate::said::Trouble;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::path::Path;
use std::sync::Arc;

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Column {
    /// Words.
    Text(Vec<String>),
    /// Whole numbers.
    Whole(Vec<i64>),
    /// Numbers; what is not known is none.
    Number(Vec<Option<f64>>),
}

/// A table: columns of the same length with their names.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Table {
    columns: Vec<(String, Column)>,
}

impl Table {
    /// One more column.
    pub(crate) fn with(mut self, name: &str, column: Column) -> Self {
        self.columns.push((name.to_owned(), column));
        self
    }
    /// One more column, before all others.
    pub(crate) fn led_by(mut self, name: &str, column: Column) -> Self {
        self.columns.insert(0, (name.to_owned(), column));
        self
    }
    /// A row a run.
    pub(crate) fn of_runs(runs: &[Run]) -> Self {
        let table = Self::default()
            .with("policy", Column::Text(runs.iter().map(|r| r.policy.clone()).collect()))
            .with("seed", Column::Whole(runs.iter().map(|r| r.seed as i64).collect()));
        let numbers = NUMBERS.iter().enumerate();
        let table = numbers.fold(table, |t, (k, name)| t.with(name, Column::Number(runs.iter().map(|r| r.numbers[k]).collect())));
        table.with("hash", Column::Text(runs.iter().map(|r| r.hash.clone()).collect()))
    }
    /// A row a run and day.
    pub(crate) fn of_days(runs: &[Run]) -> Self {
        let each = |f: &dyn Fn(&Run, usize) -> i64| -> Vec<i64> {
            runs.iter().flat_map(|r| (0..r.days.len()).map(|d| f(r, d)).collect::<Vec<_>>()).collect()
        };
        let policies = runs.iter().flat_map(|r| std::iter::repeat_n(r.policy.clone(), r.days.len())).collect();
        let table = Self::default()
            .with("policy", Column::Text(policies))
            .with("seed", Column::Whole(each(&|r, _| r.seed as i64)))
            .with("day", Column::Whole(each(&|_, d| d as i64)));
        let numbers = OF_DAY.iter().enumerate();
        numbers.fold(table, |t, (k, name)| {
            t.with(name, Column::Number(runs.iter().flat_map(|r| r.days.iter().map(move |d| Some(d[k]))).collect()))
        })
    }
    fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, c)| match c {
            Column::Text(v) => v.len(),
            Column::Whole(v) => v.len(),
            Column::Number(v) => v.len(),
        })
    }
    /// Writes it as CSV, its header first; what is not known is empty.
    pub(crate) fn csv(&self, path: &Path) -> Result<(), Trouble> {
        let write = || -> Result<(), csv::Error> {
            let mut writer = csv::Writer::from_path(path)?;
            writer.write_record(self.columns.iter().map(|(name, _)| name))?;
            for row in 0..self.rows() {
                writer.write_record(self.columns.iter().map(|(_, c)| match c {
                    Column::Text(v) => v[row].clone(),
                    Column::Whole(v) => v[row].to_string(),
                    Column::Number(v) => v[row].map(|x| x.to_string()).unwrap_or_default(),
                }))?;
            }
            Ok(writer.flush()?)
        };
        write().map_err(|e| Trouble::file(path, &e))
    }
    /// Writes it as Parquet: whole beside its place first, so that what is there is whole.
    pub(crate) fn parquet(&self, path: &Path) -> Result<(), Trouble> {
        let beside = path.with_extension("parquet.part");
        self.parquet_to(&beside).map_err(|e| Trouble::file(path, &e))?;
        std::fs::rename(&beside, path).map_err(|e| Trouble::file(path, &e))
    }
    fn parquet_to(&self, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
        let fields = self.columns.iter().map(|(name, column)| {
            let (physical, repetition) = match column {
                Column::Text(_) => (Physical::BYTE_ARRAY, Repetition::REQUIRED),
                Column::Whole(_) => (Physical::INT64, Repetition::REQUIRED),
                Column::Number(_) => (Physical::DOUBLE, Repetition::OPTIONAL),
            };
            let logical = matches!(column, Column::Text(_)).then_some(LogicalType::String);
            let field = Type::primitive_type_builder(name, physical).with_repetition(repetition).with_logical_type(logical);
            Ok(Arc::new(field.build()?))
        });
        let fields = fields.collect::<Result<Vec<_>, parquet::errors::ParquetError>>()?;
        let schema = Arc::new(Type::group_type_builder("quell").with_fields(fields).build()?);
        let properties = Arc::new(WriterProperties::builder().set_compression(Compression::UNCOMPRESSED).build());
        let mut file = SerializedFileWriter::new(std::fs::File::create(path)?, schema, properties)?;
        let mut group = file.next_row_group()?;
        for (_, column) in &self.columns {
            let Some(mut writer) = group.next_column()? else { break };
            match column {
                Column::Text(v) => {
                    let values: Vec<ByteArray> = v.iter().map(|s| ByteArray::from(s.as_str())).collect();
                    writer.typed::<ByteArrayType>().write_batch(&values, None, None)?;
                }
                Column::Whole(v) => {
                    writer.typed::<Int64Type>().write_batch(v, None, None)?;
                }
                Column::Number(v) => {
                    let known: Vec<f64> = v.iter().flatten().copied().collect();
                    let levels: Vec<i16> = v.iter().map(|x| i16::from(x.is_some())).collect();
                    writer.typed::<DoubleType>().write_batch(&known, Some(&levels), None)?;
                }
            }
            writer.close()?;
        }
        group.close()?;
        file.close()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::SerializedFileReader;
    use parquet::record::RowAccessor;

    #[test]
    fn what_is_written_can_be_read() {
        let dir = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
        let table = Table::default()
            .with("policy", Column::Text(vec!["甲".to_owned(), "b".to_owned()]))
            .with("seed", Column::Whole(vec![1, 2]))
            .with("days_to_zero", Column::Number(vec![None, Some(17.5)]));
        let path = dir.path().join("runs.parquet");
        assert_eq!(table.parquet(&path), Ok(()));
        let file = std::fs::File::open(&path).unwrap_or_else(|e| panic!("{e}"));
        let reader = SerializedFileReader::new(file).unwrap_or_else(|e| panic!("{e}"));
        let rows: Vec<_> = reader.into_iter().map_while(Result::ok).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].get_string(0).map(String::as_str).ok(), Some("甲"));
        assert!(rows[0].get_double(2).is_err(), "not known");
        assert_eq!((rows[1].get_long(1).ok(), rows[1].get_double(2).ok()), (Some(2), Some(17.5)));
        assert_eq!(table.csv(&dir.path().join("runs.csv")), Ok(()));
        let text = std::fs::read_to_string(dir.path().join("runs.csv")).unwrap_or_default();
        assert_eq!(text, "policy,seed,days_to_zero\n甲,1,\nb,2,17.5\n");
    }
}
