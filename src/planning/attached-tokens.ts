import type { FilePart } from '../domain/request.ts'

/**
 * The most that one request may carry in files, in bytes before base64 (OpenAI's guide to file inputs: each file, and
 * all files of a request together, stay under 50 MB).
 */
export const mostAttachedBytes = 50_000_000

/**
 * The text of a PDF page that is sent along with its picture. No provider states a figure: a dense page of 1,000 words
 * has about this many tokens, and most pages have half.
 */
export const pageTextTokens = 1_500

interface ImageTokens {
  readonly low: number
  readonly high: number
}

/**
 * What one image costs at most, by model (OpenAI's guide to images and vision). Tiled models scale it to a shortest
 * side of 768 within 2048, which is at most eight tiles; the others cut it into at most 1,536 patches and multiply.
 */
const tiles = 8
const patches = 1_536
const byModel: readonly (readonly [RegExp, ImageTokens])[] = [
  [/gpt-4o-mini/, tiled(2_833, 5_667)],
  [/gpt-4\.1-mini|gpt-5-mini/, patched(1.62)],
  [/gpt-4\.1-nano|gpt-5-nano/, patched(2.46)],
  [/o4-mini/, patched(1.72)],
  [/gpt-4o|gpt-4\.1|gpt-4\.5/, tiled(85, 170)],
]
/** For models whose rule is not known: the dearest of those that cut into patches. */
const otherModels = patched(2.46)

function tiled(base: number, perTile: number): ImageTokens {
  return { low: base, high: base + tiles * perTile }
}

/** A lower detail is not promised to make these cheaper. */
function patched(factor: number): ImageTokens {
  const most = Math.ceil(patches * factor)
  return { low: most, high: most }
}

/** The most input tokens of one image, by the name of the model that has the price. */
export function imageTokens(model: string, detail: FilePart['detail']): number {
  const [, { low, high }] = byModel.find(([pattern]) => pattern.test(model)) ?? ['', otherModels]
  return detail === 'low' ? low : high
}

/**
 * The input tokens that an attached file counts as in estimates and reservations: its pages as text and picture each,
 * or one image. Base64 is never counted: the model does not read it.
 */
export function attachedTokens(part: FilePart, pageCount: number | null, model: string): number {
  if (part.maxTokens !== null) return part.maxTokens
  if (part.mediaType !== 'application/pdf') return imageTokens(model, part.detail)
  return Math.max(1, pageCount ?? part.pageCount ?? 1) * (pageTextTokens + imageTokens(model, null))
}
