//! Lists in pages: one SQL text for the first page of each order, one for those after it, so that a page deep in a long
//! list begins where its index says.

use crate::db::{Params, Queries, Result, Row, Sql};
use lockwork_model::page::{COUNT_MAX, Count, Cursor, Order, OrderKey, Page, PageRequest};
use uuid::Uuid;

/// The texts of one list. Parameters: `$1` creation time, `$2` name and `$3` id of the row before the page, `$4` the row
/// limit, then those of the list itself.
pub(crate) struct Listing {
    pub(crate) by_id: Texts,
    pub(crate) by_time: Texts,
    pub(crate) by_name: Option<Texts>,
}

/// Ascending and descending, of each the first page and those after it.
pub(crate) type Texts = [[&'static str; 2]; 2];

/// Makes a [`Listing`] from everything up to the last condition of its WHERE clause.
macro_rules! listing {
    (id_and_time: $select:expr) => {
        crate::listing::Listing {
            by_id: crate::listing::texts!($select, "id", "$3", "id", "id DESC"),
            by_time: crate::listing::texts!($select, "(created_at, id)", "($1, $3)", "created_at, id", "created_at DESC, id DESC"),
            by_name: None,
        }
    };
    ($select:expr) => {
        crate::listing::Listing {
            by_name: Some(crate::listing::texts!(
                $select, "(display_name, id)", "($2, $3)", "display_name, id", "display_name DESC, id DESC"
            )),
            ..crate::listing::listing!(id_and_time: $select)
        }
    };
}
pub(crate) use listing;

macro_rules! texts {
    ($select:expr, $key:literal, $after:literal, $ascending:literal, $descending:literal) => {
        [
            [
                concat!($select, " ORDER BY ", $ascending, " LIMIT $4"),
                concat!($select, " AND ", $key, " > ", $after, " ORDER BY ", $ascending, " LIMIT $4"),
            ],
            [
                concat!($select, " ORDER BY ", $descending, " LIMIT $4"),
                concat!($select, " AND ", $key, " < ", $after, " ORDER BY ", $descending, " LIMIT $4"),
            ],
        ]
    };
}
pub(crate) use texts;

/// The text that counts the rows which a list's FROM and WHERE let through, no further than the row limit.
macro_rules! counting {
    ($from:expr) => {
        concat!("SELECT COUNT(*) FROM (SELECT 1 ", $from, " LIMIT $4) AS counted")
    };
}
pub(crate) use counting;

/// Counts by a text of [`counting!`].
pub(crate) async fn count<P: Params>(
    conn: &mut impl Queries,
    sql: Sql,
    params: impl FnOnce(PageParams) -> P,
) -> Result<Count> {
    let counted =
        conn.fetch_optional::<(i64,)>(sql, params((None, None, None, COUNT_MAX as i64 + 1))).await?;
    Ok(Count::cut(counted.map_or(0, |(count,)| count.unsigned_abs())))
}

/// The four parameters that come first.
pub(crate) type PageParams = (Option<i64>, Option<String>, Option<Uuid>, i64);

impl Listing {
    fn text(&self, order: Order, next: bool) -> &'static str {
        let texts = match order.key {
            OrderKey::Id => self.by_id,
            OrderKey::CreateTime => self.by_time,
            OrderKey::DisplayName => self.by_name.unwrap_or(self.by_id),
        };
        texts[usize::from(order.descending)][usize::from(next)]
    }

    /// Reads one page.
    pub(crate) async fn fetch<R: Row, T, P: Params>(
        &self,
        conn: &mut impl Queries,
        page: &PageRequest,
        params: impl FnOnce(PageParams) -> P,
        model: impl Fn(R) -> Result<T>,
        cursor: impl Fn(&T) -> Cursor,
    ) -> Result<Page<T>> {
        let after = page.after.as_ref();
        let first = (
            after.filter(|_| page.order.key == OrderKey::CreateTime).map(|cursor| cursor.micros),
            after.filter(|_| page.order.key == OrderKey::DisplayName).map(|cursor| cursor.name.clone()),
            after.map(|cursor| cursor.id),
            i64::from(page.size) + 1,
        );
        let sql = Sql::from(self.text(page.order, after.is_some()));
        let rows: Vec<R> = conn.fetch_all(sql, params(first)).await?;
        let items = rows.into_iter().map(model).collect::<Result<Vec<T>>>()?;
        Ok(Page::cut(items, page, cursor))
    }

    /// Every text, for the test that prepares them all.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &'static str> {
        self.by_id.into_iter().chain(self.by_time).chain(self.by_name.into_iter().flatten()).flatten()
    }
}
