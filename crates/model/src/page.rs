//! Lists in pages.

/// How many rows a page has when the caller does not say.
pub const PAGE_SIZE_DEFAULT: u32 = 10;
/// How many rows a page may have.
pub const PAGE_SIZE_MAX: u32 = 100;

/// How far a list is counted, so that counting a long one costs no more than this.
pub const COUNT_MAX: u64 = 10_000;

/// How many rows a list has on all pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// So many, or [`COUNT_MAX`] of more.
    pub rows: u64,
    /// Whether there are more.
    pub is_lower_bound: bool,
}

impl Count {
    /// The count of a list of which one row more than [`COUNT_MAX`] was asked for, to see whether there are more.
    #[must_use]
    pub fn cut(counted: u64) -> Self {
        Self { rows: counted.min(COUNT_MAX), is_lower_bound: counted > COUNT_MAX }
    }
}

/// By what a list is ordered; the id breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrderKey {
    /// By id.
    #[default]
    Id,
    /// By creation time.
    CreateTime,
    /// By display name, byte by byte.
    DisplayName,
}

/// A list's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Order {
    /// By what.
    pub key: OrderKey,
    /// Largest first.
    pub descending: bool,
}

/// The row after which a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The row's creation time in microseconds; 0 unless ordered by it.
    pub micros: i64,
    /// The row's display name; empty unless ordered by it.
    pub name: String,
    /// The row's id.
    pub id: uuid::Uuid,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows at most.
    pub size: u32,
    /// The order.
    pub order: Order,
    /// The row before the first; `None` for the first page.
    pub after: Option<Cursor>,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { size: PAGE_SIZE_DEFAULT, order: Order::default(), after: None }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Cuts a page from rows of which one more than `request.size` was asked for, to see whether there are more.
    pub fn cut(mut items: Vec<T>, request: &PageRequest, cursor: impl Fn(&T) -> Cursor) -> Self {
        let size = request.size as usize;
        let more = items.len() > size;
        items.truncate(size);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }

    /// The same page of something else.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(convert).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_says_that_there_are_more_only_when_there_are() {
        let count = |counted| (Count::cut(counted).rows, Count::cut(counted).is_lower_bound);
        assert_eq!(count(0), (0, false));
        assert_eq!(count(COUNT_MAX), (COUNT_MAX, false));
        assert_eq!(count(COUNT_MAX + 1), (COUNT_MAX, true));
    }

    #[test]
    fn a_page_has_a_next_one_only_when_rows_are_left() {
        let cursor =
            |row: &u8| Cursor { micros: i64::from(*row), name: String::new(), id: uuid::Uuid::nil() };
        let request = PageRequest { size: 2, ..PageRequest::default() };
        assert_eq!(Page::cut(vec![1, 2], &request, cursor).next, None);
        let page = Page::cut(vec![1, 2, 3], &request, cursor);
        assert_eq!((page.items, page.next.unwrap().micros), (vec![1, 2], 2));
    }
}
