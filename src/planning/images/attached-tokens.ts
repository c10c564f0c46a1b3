import type { ImageFacts } from '../../domain/image.ts'
import type { PageFacts, PageSize } from '../../domain/pages.ts'
import type { FilePart } from '../../domain/request.ts'
import type { InputUnit, TokenRange } from '../../domain/token-rule.ts'
import { imageTokens } from './image-tokens.ts'

/**
 * The most that one request may carry in files, in bytes before base64 (OpenAI's guide to file inputs: each file, and
 * all files of a request together, stay under 50 MB).
 */
export const mostAttachedBytes = 50_000_000

/** The text of a page of some 500 words, as most are; the likely figure where the text itself cannot be read. */
const usualPageText = 750
/** Bytes of UTF-8 for each token, between English (more than four) and Chinese (three). */
const bytesPerToken = 3.5
/** No model that takes files reads more (`src/providers/prices/prices.json`): what has more text is refused, and not billed. */
const mostTextTokens = 1_050_000

/** What a service may write around the text and the picture of a page ("page 1 of 5"), which none documents. */
const aroundPage = 40

/** Where no size of a page is known. */
const a4: PageSize = { width: 595, height: 842 }
/** The picture of a page that is likely: no provider says how large it is made, and 150 dots an inch read well. */
const usualDotsPerPoint = 150 / 72

/** What is known of a file once it was read. */
interface FileFacts {
  readonly pageCount: number | null
  readonly image?: ImageFacts
  readonly pages?: PageFacts
}

/**
 * The input tokens of an attached file: one image by its own size, or pages as text and picture each. Base64 is never
 * counted: the model does not read it. Of a model that counts pages, its pages.
 */
export function attachedTokens(
  part: FilePart,
  { pageCount, image, pages }: FileFacts,
  model: string,
  unit: InputUnit = 'token',
): TokenRange {
  if (unit === 'page') {
    const count = part.mediaType === 'application/pdf' ? Math.max(1, pageCount ?? part.pageCount ?? 1) : 1
    return { likely: count, most: count }
  }
  const own =
    part.mediaType === 'application/pdf'
      ? ofPages(Math.max(1, pageCount ?? part.pageCount ?? 1), pages ?? unread, model)
      : imageTokens(model, part.detail, image ?? null)
  if (part.maxTokens === null) return own
  return { likely: Math.min(own.likely, part.maxTokens), most: part.maxTokens }
}

const unread: PageFacts = { textBytes: null, sizes: [] }

/**
 * A token is never less than a byte. How finely a page is drawn is written nowhere, but that its picture is looked at
 * `high` at most (OpenAI, "File inputs": `detail` of a file is `auto`, `low` or `high`).
 */
function ofPages(pages: number, { textBytes, sizes }: PageFacts, model: string): TokenRange {
  const text: TokenRange =
    textBytes === null
      ? { likely: pages * usualPageText, most: mostTextTokens }
      : { likely: Math.ceil(textBytes / bytesPerToken), most: Math.min(textBytes, mostTextTokens) }
  const most = text.most + pages * (mostOfPicture(sizes, model) + aroundPage)
  return { likely: Math.min(most, text.likely + pages * likelyPicture(sizes[0] ?? a4, model)), most }
}

function likelyPicture({ width, height }: PageSize, model: string): number {
  const dots = (points: number): number => Math.max(1, Math.round(points * usualDotsPerPoint))
  return imageTokens(model, 'high', { width: dots(width), height: dots(height) }).likely
}

/** Finer than any picture that is not made smaller again. */
const finest = 8_192
/** Sides are whole dots, which makes a page drawn small a little longer or wider than it is. */
const roundings = [0.99, 1, 1.01]

/** The picture of a page of any of these sizes, however finely it is drawn; of all sizes where none is known. */
function mostOfPicture(sizes: readonly PageSize[], model: string): number {
  if (sizes.length === 0) return imageTokens(model, 'high', null).most
  const pictures = sizes.flatMap(({ width, height }) =>
    roundings.map((rounding) => {
      const ratio = (width / height) * rounding
      return { width: Math.ceil(finest * Math.max(1, ratio)), height: Math.ceil(finest / Math.min(1, ratio)) }
    }),
  )
  return Math.max(...pictures.map((size) => imageTokens(model, 'high', size).most))
}
