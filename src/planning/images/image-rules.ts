/** How a model makes tokens of an image; figures are of OpenAI's guide "Images and vision", unless another source is named. */
export type ImageRule = TileRule | PatchRule

/** Squares of 512 pixels, of an image that was fitted into 2,048 by 2,048 and then to a shortest side of 768. */
export interface TileRule {
  readonly base: number
  readonly perTile: number
}

/** Squares of 32 pixels, times a factor, of an image that was made smaller until it has no more than `patches` of them. */
export interface PatchRule {
  readonly likely: PatchLimits
  /** Where sources differ, or the model chooses: the highest. */
  readonly most: PatchLimits
  /** Images that have more patches in their own size are refused, where they are not made smaller. */
  readonly refusedAbove?: number
  /** What `low` is fitted into, in pixels; left out: nobody promises that it costs less. */
  readonly lowBox?: number
}

interface PatchLimits {
  readonly factor: number
  readonly high: number
  readonly original: number
}

const omni: TileRule = { base: 85, perTile: 170 }
const five: TileRule = { base: 70, perTile: 140 }
const reasoning: TileRule = { base: 75, perTile: 150 }
const omniMini: TileRule = { base: 2_833, perTile: 5_667 }

function small(factor: number, mostFactor = factor, mostPatches = 1_536): PatchRule {
  return {
    likely: { factor, high: 1_536, original: 1_536 },
    most: { factor: mostFactor, high: mostPatches, original: mostPatches },
  }
}

/** In its own size; above 30,000 patches it is refused, and not billed (model sizing behaviour, from GPT-5.6 on). */
const unresized: PatchRule = {
  likely: { factor: 1.2, high: 2_500, original: 30_000 },
  most: { factor: 1.2, high: 2_500, original: 30_000 },
  refusedAbove: 30_000,
  lowBox: 512,
}

/** From its release on GPT-5.5 takes `auto` for `original`; what GPT-5.4 takes it for is not written down. */
const budgeted: PatchRule = {
  likely: { factor: 1.2, high: 2_500, original: 10_000 },
  most: { factor: 1.2, high: 2_500, original: 10_000 },
}

/**
 * By the exact name of the model without its date. Of the small models of GPT-5.4 the guide of March 2026 and that of
 * October differ, and bills were of up to 2,500 patches (OpenAI community, "Introducing GPT-5.4 mini and nano").
 */
const rules: Readonly<Record<string, ImageRule>> = {
  'gpt-4-turbo': omni,
  'gpt-4o': omni,
  'chatgpt-4o-latest': omni,
  'gpt-4.1': omni,
  'gpt-4.5-preview': omni,
  'gpt-4o-mini': omniMini,
  'gpt-5': five,
  'gpt-5-chat': five,
  'gpt-5-chat-latest': five,
  'gpt-5.1': five,
  'gpt-5.1-chat': five,
  'gpt-5.1-chat-latest': five,
  o1: reasoning,
  'o1-pro': reasoning,
  o3: reasoning,
  'computer-use-preview': { base: 65, perTile: 129 },
  'gpt-4.1-mini': small(1.62),
  'gpt-4.1-nano': small(2.46),
  'o4-mini': small(1.72),
  'codex-mini-latest': small(1.72),
  'gpt-5-mini': small(1.62),
  'gpt-5-nano': small(2.46),
  'gpt-5-codex-mini': small(1.62),
  'gpt-5.1-codex-mini': small(1.62),
  'gpt-5.2': small(1.2),
  'gpt-5.2-chat': small(1.2),
  'gpt-5.2-chat-latest': small(1.2),
  'gpt-5.2-codex': small(1.2),
  'gpt-5.3-codex': small(1.2),
  'gpt-5.4-mini': small(1.2, 1.62, 2_500),
  'gpt-5.4-nano': small(1.2, 2.46, 2_500),
  'gpt-5.4': budgeted,
  'gpt-5.4-pro': budgeted,
  'gpt-5.5': budgeted,
  'gpt-5.5-pro': budgeted,
  'gpt-5.6': unresized,
  'gpt-5.6-sol': unresized,
  'gpt-5.6-terra': unresized,
  'gpt-5.6-luna': unresized,
  'gpt-6-astra': unresized,
  'gpt-6-sol': unresized,
  'gpt-6-luna': unresized,
  'gpt-6.1-sol': unresized,
  'gpt-6.1-terra': unresized,
}

/** Every rule that is known: a model whose own is not has one of these, or one that nobody has published. */
export const imageRules: readonly ImageRule[] = [...new Set(Object.values(rules))]

/** The rule of a model by its name, that of a deployment of it, or a fine-tuned one; null: none is known. */
export function imageRuleOf(model: string): ImageRule | null {
  const name = bareName(model)
  return Object.hasOwn(rules, name) ? (rules[name] ?? null) : null
}

/** Without what stands around a model's name: the zone, the date, what was tuned, how its deployment is called. */
function bareName(model: string): string {
  return model
    .toLowerCase()
    .replace(/^(?:us|eu|global)\//, '')
    .replace(/^ft:([^:]+).*$/, '$1')
    .replace(/-(?:batch|global-?batch|data-?zone-?batch)$/, '')
    .replace(/-\d{4}-\d{2}-\d{2}$/, '')
}
