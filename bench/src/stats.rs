//! Order statistics over the rounds of a run.

/// The median; 0 for no values.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 50.0)
}

/// The `percent`-th percentile (0–100) with linear interpolation; 0 for no values.
#[must_use]
pub fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let position = percent / 100.0 * last as f64;
    let below = position.floor() as usize;
    let above = position.ceil() as usize;
    sorted[below] + (sorted[above] - sorted[below]) * (position - position.floor())
}

#[cfg(test)]
mod tests {
    use super::{median, percentile};

    #[test]
    fn the_median_of_an_even_number_of_values_lies_between_the_middle_two() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.5);
    }

    #[test]
    fn the_hundredth_percentile_is_the_worst_value() {
        assert_eq!(percentile(&[7.0, 9.0, 8.0], 100.0), 9.0);
    }
}
