import type { FilePart } from '../../domain/request.ts'
import type { TokenRange } from '../../domain/token-rule.ts'
import { type ImageRule, imageRuleOf, imageRules, type PatchRule, type TileRule } from './image-rules.ts'

/** Pixels. */
export interface ImageSize {
  readonly width: number
  readonly height: number
}

type Detail = FilePart['detail']

/** Of these one has the most patches that any rule allows, and the other the most tiles. */
const largest: readonly ImageSize[] = [
  { width: 4_800, height: 6_400 },
  { width: 2_048, height: 768 },
]

/**
 * The input tokens of one image of this size, by the rule of the model that has the price. Of a model whose rule is not
 * known, or an image whose size is not, the highest of what they can be.
 */
export function imageTokens(model: string, detail: Detail, size: ImageSize | null): TokenRange {
  const rule = imageRuleOf(model)
  const known = rule === null ? imageRules : [rule]
  const ranges = known.map((each) => (size === null ? ofAnySize(each, detail) : ofRule(each, detail, size)))
  const most = Math.max(...ranges.map((range) => range.most))
  // Without a rule every figure is a guess: the middle one is not the lowest.
  const likely = ranges.map((range) => range.likely).toSorted((one, other) => one - other)
  return { likely: likely[likely.length >> 1] ?? most, most }
}

/** Why the model would refuse an image of this size, which then costs nothing and gives no answer; null when it takes it. */
export function imageRefusal(model: string, detail: Detail, size: ImageSize): string | null {
  const rule = imageRuleOf(model)
  if (rule === null || 'perTile' in rule || rule.refusedAbove === undefined || !isOriginal(detail))
    return null
  const patches = patchesOf(size)
  if (patches <= rule.refusedAbove) return null
  const [has, takes] = [patches, rule.refusedAbove].map((count) => count.toLocaleString('en-US'))
  return `has ${has} squares of 32 pixels, and ${model} takes ${takes}: attach it with detail: 'high', or make it smaller`
}

/** What an image is looked at in its own size by, where a model can; without a word from the job it is `auto`. */
function isOriginal(detail: Detail): boolean {
  return detail === 'original' || detail === 'auto' || detail === null
}

function ofRule(rule: ImageRule, detail: Detail, size: ImageSize): TokenRange {
  return 'perTile' in rule ? tiled(rule, detail, size) : patched(rule, detail, size)
}

function ofAnySize(rule: ImageRule, detail: Detail): TokenRange {
  const { likely } = ofRule(rule, detail, { width: 1_024, height: 1_024 })
  return { likely, most: Math.max(...largest.map((size) => ofRule(rule, detail, size).most)) }
}

const tileBox = 2_048
const tileShortest = 768
const tileSide = 512

/**
 * Smaller images are not made larger (Microsoft, "Vision-enabled chat", image tokens). Where a side becomes a fraction
 * of a pixel it is not written down which way it is rounded: the shorter side rounded down makes the longer one longer.
 */
function tiled({ base, perTile }: TileRule, detail: Detail, size: ImageSize): TokenRange {
  if (detail === 'low') return { likely: base, most: base }
  const [shortest, longest] = [Math.min(size.width, size.height), Math.max(size.width, size.height)]
  const long = Math.min(longest, tileBox)
  const exact = shortest * (long / longest)
  const tiles = (short: number): number => {
    const scaled = short > tileShortest ? (long * tileShortest) / short : long
    return Math.ceil(Math.min(short, tileShortest) / tileSide) * Math.ceil(scaled / tileSide)
  }
  const roundings = [Math.floor(exact), exact, Math.ceil(exact)].map((short) => tiles(Math.max(1, short)))
  return {
    likely: base + perTile * tiles(Math.max(1, Math.round(exact))),
    most: base + perTile * Math.max(...roundings),
  }
}

const patchSide = 32

/** Whatever is done to an image to make it smaller, it has no more patches than before, and no more than the limit. */
function patched(rule: PatchRule, detail: Detail, size: ImageSize): TokenRange {
  const own = patchesOf(size)
  const box = detail === 'low' ? rule.lowBox : undefined
  if (box !== undefined) {
    const most = Math.min(own, (box / patchSide) ** 2)
    return {
      likely: tokensOf(patchesOf(fitted(size, box)), rule.likely.factor),
      most: tokensOf(most, rule.most.factor),
    }
  }
  const isWhole = isOriginal(detail)
  const most = Math.min(own, isWhole ? rule.most.original : rule.most.high)
  const limit = isWhole ? rule.likely.original : rule.likely.high
  return {
    likely: tokensOf(shrunk(size, limit), rule.likely.factor),
    most: tokensOf(most, rule.most.factor),
  }
}

function patchesOf({ width, height }: ImageSize): number {
  return Math.ceil(width / patchSide) * Math.ceil(height / patchSide)
}

/** Whole tokens; a product such as 1.2 × 2,500 is not to become 3,001 by what floating point adds to it. */
function tokensOf(patches: number, factor: number): number {
  return Math.ceil(Number((patches * factor).toFixed(6)))
}

function fitted({ width, height }: ImageSize, box: number): ImageSize {
  const scale = Math.min(1, box / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** How many patches an image has once it was made to fit (the guide, patch-based image tokenization, steps A to C). */
function shrunk(size: ImageSize, limit: number): number {
  const own = patchesOf(size)
  if (own <= limit) return own
  const { width, height } = size
  const shrink = Math.sqrt((patchSide ** 2 * limit) / (width * height))
  const [across, down] = [(width * shrink) / patchSide, (height * shrink) / patchSide]
  const adjusted = shrink * Math.min(Math.floor(across) / across, Math.floor(down) / down)
  const scaled = (side: number): number => Math.max(1, Math.floor(side * adjusted + 1e-6))
  return Math.min(limit, patchesOf({ width: scaled(width), height: scaled(height) }))
}
