//! The operating system's random numbers.

use lockwork_model::entropy::Entropy;

/// The operating system's generator, asked for a block at a time.
///
/// A block serves many ids and secrets with one system call; bytes are wiped as they are handed out.
pub struct SystemEntropy {
    block: [u8; 4096],
    left: usize,
}

impl Default for SystemEntropy {
    fn default() -> Self {
        Self { block: [0; 4096], left: 0 }
    }
}

impl SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the generator that others are given")]
    #[expect(
        clippy::panic,
        reason = "without random numbers no secret may be made; the process must not go on"
    )]
    fn refill(&mut self) {
        if let Err(error) = getrandom::fill(&mut self.block) {
            panic!("the operating system gives no random numbers: {error}");
        }
        self.left = self.block.len();
    }
}

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.left == 0 {
                self.refill();
            }
            self.left -= 1;
            if let Some(slot) = self.block.get_mut(self.left) {
                *byte = std::mem::take(slot);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bytes_are_handed_out_twice() {
        let mut entropy = SystemEntropy::default();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1000 {
            let mut bytes = [0; 32];
            entropy.fill(&mut bytes);
            assert!(seen.insert(bytes));
        }
    }
}
