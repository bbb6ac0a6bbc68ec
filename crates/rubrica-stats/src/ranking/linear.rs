//! Symmetric positive definite systems.

/// A Cholesky factor, row-major lower triangle of `[n, n]`.
pub(super) struct Cholesky {
    n: usize,
    factor: Vec<f64>,
}

impl Cholesky {
    /// Factors the symmetric matrix `a`, row-major `[n, n]`; `None` when it is not positive definite.
    pub(super) fn new(mut a: Vec<f64>, n: usize) -> Option<Self> {
        for i in 0..n {
            let (above, rest) = a.split_at_mut(i * n);
            let row = &mut rest[..n];
            for j in 0..i {
                let other = &above[j * n..j * n + j + 1];
                let dot: f64 = row[..j].iter().zip(other).map(|(x, y)| x * y).sum();
                row[j] = (row[j] - dot) / other[j];
            }
            let square: f64 = row[..i].iter().map(|x| x * x).sum();
            let pivot = row[i] - square;
            if !(pivot > 0.0 && pivot.is_finite()) {
                return None;
            }
            row[i] = pivot.sqrt();
        }
        Some(Self { n, factor: a })
    }

    /// Solves `a x = b`.
    pub(super) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let n = self.n;
        let mut x = b.to_vec();
        for i in 0..n {
            let row = &self.factor[i * n..i * n + i + 1];
            let dot: f64 = row[..i].iter().zip(&x).map(|(l, x)| l * x).sum();
            x[i] = (x[i] - dot) / row[i];
        }
        for i in (0..n).rev() {
            x[i] /= self.factor[i * n + i];
            let value = x[i];
            for (j, x) in x[..i].iter_mut().enumerate() {
                *x -= self.factor[i * n + j] * value;
            }
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_refuses() {
        let a = vec![4.0, 2.0, 0.6, 2.0, 5.0, 1.0, 0.6, 1.0, 3.0];
        let x = Cholesky::new(a.clone(), 3).expect("positive definite").solve(&[1.0, -2.0, 0.5]);
        for (row, b) in a.chunks(3).zip([1.0, -2.0, 0.5]) {
            let dot: f64 = row.iter().zip(&x).map(|(a, x)| a * x).sum();
            assert!((dot - b).abs() < 1e-12);
        }
        assert!(Cholesky::new(vec![1.0, 2.0, 2.0, 1.0], 2).is_none());
    }
}
