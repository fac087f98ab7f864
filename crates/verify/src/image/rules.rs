//! Rules, plans and limit overrides in an image.

use super::ImageRefused;
use super::format::{Blocks, Items};
use lockwork_model::calendar::Period;
use lockwork_model::ids::{LimitOverrideId, PlanId, ProjectId};
use lockwork_model::ip_networks::IpNetworks;
use lockwork_model::limit_overrides::Identifier;
use lockwork_model::limits::{LIMITS_MAX, Limit, LimitKind, Rate};
use lockwork_model::time::Timestamp;
use lockwork_model::verification::{LimitOverrideFacts, Rules};
use std::io;
use uuid::Uuid;

/// Numbers of a limit's kind.
const WINDOW: u8 = 1;
const BUCKET: u8 = 2;
const QUOTA: u8 = 3;

/// Flags of rules.
const HAS_PLAN: u8 = 0b001;
const HAS_CREDITS: u8 = 0b010;
const HAS_MORE: u8 = 0b100;

pub(super) fn put_rules(blocks: &mut Blocks<'_>, rules: &Rules) -> io::Result<()> {
    let has_more = !rules.limits.is_empty() || !rules.ip_allowlist.is_empty();
    let flag = |flag: u8, is_set: bool| if is_set { flag } else { 0 };
    blocks.put_u8(
        flag(HAS_PLAN, rules.plan.is_some())
            | flag(HAS_CREDITS, rules.has_credits)
            | flag(HAS_MORE, has_more),
    );
    if let Some(plan) = rules.plan {
        blocks.put_u128(plan.uuid().as_u128());
    }
    if has_more {
        put_limits(blocks, rules.limits.iter())?;
        blocks.put_u32(rules.ip_allowlist.iter().count() as u32);
        for network in rules.ip_allowlist.iter() {
            blocks.put_text(&network.to_string())?;
        }
    }
    Ok(())
}

pub(super) fn rules(items: &mut Items<'_>) -> Result<Rules, ImageRefused> {
    let flags = items.u8()?;
    let plan = if flags & HAS_PLAN != 0 { Some(PlanId::from_uuid(uuid(items)?)) } else { None };
    let mut rules = Rules { plan, has_credits: flags & HAS_CREDITS != 0, ..Rules::default() };
    if flags & HAS_MORE != 0 {
        rules.limits = limits(items)?;
        let count = items.u32()?;
        let network = |_| items.text().map(str::to_owned);
        let networks = (0..count).map(network).collect::<Result<Vec<_>, _>>()?;
        rules.ip_allowlist = IpNetworks::parse("", &networks).map_err(|_| ImageRefused::Damaged)?;
    }
    Ok(rules)
}

pub(super) fn put_limits<'a>(
    blocks: &mut Blocks<'_>,
    limits: impl ExactSizeIterator<Item = &'a Limit>,
) -> io::Result<()> {
    blocks.put_u32(limits.len() as u32);
    for limit in limits {
        blocks.put_text(limit.name.as_str())?;
        blocks.put_u64(limit.limit);
        blocks.put_u8(limit.only_when_named.into());
        match limit.kind {
            LimitKind::Rate(rate) => put_rate(blocks, rate),
            LimitKind::Quota { period, anchor } => {
                blocks.put_u8(QUOTA);
                blocks.put_text(period.as_str())?;
                blocks.put_u8(anchor.is_some().into());
                blocks.put_u64(anchor.map_or(0, Timestamp::as_micros) as u64);
            }
        }
    }
    Ok(())
}

pub(super) fn limits(items: &mut Items<'_>) -> Result<Vec<Limit>, ImageRefused> {
    let count = items.u32()? as usize;
    if count > LIMITS_MAX {
        return Err(ImageRefused::Damaged);
    }
    (0..count).map(|_| limit(items)).collect()
}

fn limit(items: &mut Items<'_>) -> Result<Limit, ImageRefused> {
    let name = items.text()?.parse().map_err(|_| ImageRefused::Damaged)?;
    let (limit, only_when_named) = (items.u64()?, items.flag()?);
    let kind = match items.u8()? {
        QUOTA => {
            let period = Period::from_name(items.text()?).ok_or(ImageRefused::Damaged)?;
            let (anchored, anchor) = (items.flag()?, Timestamp::from_micros(items.u64()? as i64));
            LimitKind::Quota { period, anchor: anchored.then_some(anchor) }
        }
        kind => LimitKind::Rate(rate(items, kind, limit)?),
    };
    Ok(Limit { name, limit, kind, only_when_named })
}

fn put_rate(blocks: &mut Blocks<'_>, rate: Rate) {
    match rate {
        Rate::Window { seconds } => {
            blocks.put_u8(WINDOW);
            blocks.put_u64(seconds);
        }
        Rate::Bucket { seconds, burst } => {
            blocks.put_u8(BUCKET);
            blocks.put_u64(seconds);
            blocks.put_u64(burst);
        }
    }
}

fn rate(items: &mut Items<'_>, kind: u8, limit: u64) -> Result<Rate, ImageRefused> {
    let seconds = Some(items.u64()?);
    let (kind, burst) = match kind {
        WINDOW => ("WINDOW", None),
        BUCKET => ("BUCKET", Some(items.u64()?)),
        _ => return Err(ImageRefused::Damaged),
    };
    Rate::new("", kind, limit, seconds, burst).map_err(|_| ImageRefused::Damaged)
}

pub(super) fn put_override(blocks: &mut Blocks<'_>, facts: &LimitOverrideFacts) -> io::Result<()> {
    blocks.put_u128(facts.id.uuid().as_u128());
    blocks.put_u128(facts.project.uuid().as_u128());
    blocks.put_text(facts.identifier.namespace.as_str())?;
    blocks.put_text(&facts.identifier.identifier)?;
    blocks.put_u64(facts.limit);
    put_rate(blocks, facts.rate);
    Ok(())
}

pub(super) fn limit_override(items: &mut Items<'_>) -> Result<LimitOverrideFacts, ImageRefused> {
    let (id, project) = (LimitOverrideId::from_uuid(uuid(items)?), ProjectId::from_uuid(uuid(items)?));
    let namespace = items.text()?.parse().map_err(|_| ImageRefused::Damaged)?;
    let identifier = Identifier { namespace, identifier: items.text()?.to_owned() };
    let (limit, kind) = (items.u64()?, items.u8()?);
    Ok(LimitOverrideFacts { id, project, identifier, limit, rate: rate(items, kind, limit)? })
}

pub(super) fn uuid(items: &mut Items<'_>) -> Result<Uuid, ImageRefused> {
    items.u128().map(Uuid::from_u128)
}
