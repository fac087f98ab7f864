//! What an image is made of: blocks, each with its length and checksum, and items inside them.

use super::ImageRefused;
use super::checksum::checksum;
use std::io::{self, Read, Write};

/// What an image begins with; the last byte counts versions of the format.
pub(super) const MAGIC: [u8; 8] = *b"LWINDEX\x02";
/// A block is closed when it is this long.
const BLOCK_BYTES: usize = 1 << 20;
/// Longest block that is read.
const BLOCK_MAX_BYTES: u32 = 64 << 20;

/// Writes items into blocks.
pub(super) struct Blocks<'w> {
    target: &'w mut dyn Write,
    block: Vec<u8>,
    number: u64,
}

impl<'w> Blocks<'w> {
    pub(super) fn new(target: &'w mut dyn Write) -> io::Result<Self> {
        target.write_all(&MAGIC)?;
        Ok(Self { target, block: Vec::with_capacity(BLOCK_BYTES + 4096), number: 0 })
    }

    /// Adds bytes to the item in progress.
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.block.extend_from_slice(bytes);
    }

    pub(super) fn put_u8(&mut self, value: u8) {
        self.block.push(value);
    }

    pub(super) fn put_u16(&mut self, value: u16) {
        self.put(&value.to_le_bytes());
    }

    pub(super) fn put_u32(&mut self, value: u32) {
        self.put(&value.to_le_bytes());
    }

    pub(super) fn put_u64(&mut self, value: u64) {
        self.put(&value.to_le_bytes());
    }

    pub(super) fn put_u128(&mut self, value: u128) {
        self.put(&value.to_le_bytes());
    }

    /// A text of at most 65,535 bytes.
    pub(super) fn put_text(&mut self, text: &str) -> io::Result<()> {
        self.put_u16(u16::try_from(text.len()).map_err(|_| io::ErrorKind::InvalidInput)?);
        self.put(text.as_bytes());
        Ok(())
    }

    /// How many items follow.
    pub(super) fn put_count(&mut self, count: usize) -> io::Result<()> {
        self.put_u64(count as u64);
        self.end_item()
    }

    /// Ends an item; one item never spans two blocks.
    pub(super) fn end_item(&mut self) -> io::Result<()> {
        if self.block.len() >= BLOCK_BYTES { self.close_block() } else { Ok(()) }
    }

    fn close_block(&mut self) -> io::Result<()> {
        let len = u32::try_from(self.block.len()).ok().filter(|&len| len <= BLOCK_MAX_BYTES);
        let len = len.ok_or(io::ErrorKind::InvalidInput)?;
        self.target.write_all(&len.to_le_bytes())?;
        self.target.write_all(&self.block)?;
        self.target.write_all(&checksum(&self.block, self.number).to_le_bytes())?;
        self.block.clear();
        self.number += 1;
        Ok(())
    }

    /// Writes what is left and the empty block that ends an image.
    pub(super) fn close(&mut self) -> io::Result<()> {
        if !self.block.is_empty() {
            self.close_block()?;
        }
        self.close_block()?;
        self.target.flush()
    }
}

/// Reads items out of blocks.
pub(super) struct Items<'r> {
    source: &'r mut dyn Read,
    block: Vec<u8>,
    at: usize,
    number: u64,
}

impl<'r> Items<'r> {
    pub(super) fn new(source: &'r mut dyn Read) -> Result<Self, ImageRefused> {
        let mut magic = [0; MAGIC.len()];
        source.read_exact(&mut magic)?;
        if magic != MAGIC {
            return Err(ImageRefused::OtherFormat);
        }
        Ok(Self { source, block: Vec::new(), at: 0, number: 0 })
    }

    fn open_block(&mut self) -> Result<(), ImageRefused> {
        let (mut len, mut expected) = ([0; 4], [0; 8]);
        self.source.read_exact(&mut len)?;
        let len = u32::from_le_bytes(len);
        if len > BLOCK_MAX_BYTES {
            return Err(ImageRefused::Damaged);
        }
        self.block.clear();
        self.at = 0;
        // Grows with what is there, so that a damaged length does not take memory.
        Read::take(&mut *self.source, u64::from(len)).read_to_end(&mut self.block)?;
        self.source.read_exact(&mut expected)?;
        if self.block.len() != len as usize
            || checksum(&self.block, self.number) != u64::from_le_bytes(expected)
        {
            return Err(ImageRefused::Damaged);
        }
        self.number += 1;
        Ok(())
    }

    /// Begins an item.
    pub(super) fn begin_item(&mut self) -> Result<(), ImageRefused> {
        if self.at < self.block.len() { Ok(()) } else { self.open_block() }
    }

    /// The next bytes of the item.
    pub(super) fn bytes(&mut self, count: usize) -> Result<&[u8], ImageRefused> {
        let rest = self.block.get(self.at..).unwrap_or_default();
        let bytes = rest.get(..count).ok_or(ImageRefused::Damaged)?;
        self.at += count;
        Ok(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ImageRefused> {
        self.bytes(N)?.try_into().map_err(|_| ImageRefused::Damaged)
    }

    pub(super) fn u8(&mut self) -> Result<u8, ImageRefused> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub(super) fn u16(&mut self) -> Result<u16, ImageRefused> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(super) fn u32(&mut self) -> Result<u32, ImageRefused> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, ImageRefused> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(super) fn u128(&mut self) -> Result<u128, ImageRefused> {
        Ok(u128::from_le_bytes(self.array()?))
    }

    pub(super) fn flag(&mut self) -> Result<bool, ImageRefused> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(ImageRefused::Damaged),
        }
    }

    pub(super) fn text(&mut self) -> Result<&str, ImageRefused> {
        let len = self.u16()?;
        std::str::from_utf8(self.bytes(len.into())?).map_err(|_| ImageRefused::Damaged)
    }

    /// How many items follow.
    pub(super) fn count(&mut self) -> Result<u64, ImageRefused> {
        self.begin_item()?;
        self.u64()
    }

    /// Makes sure that nothing is left but the empty block at the end.
    pub(super) fn finish(&mut self) -> Result<(), ImageRefused> {
        if self.at < self.block.len() {
            return Err(ImageRefused::Damaged);
        }
        self.open_block()?;
        if self.block.is_empty() && self.source.read(&mut [0])? == 0 {
            Ok(())
        } else {
            Err(ImageRefused::Damaged)
        }
    }
}
