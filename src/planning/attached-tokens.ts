import type { ImageFacts } from '../domain/image.ts'
import type { FilePart } from '../domain/request.ts'
import type { TokenRange } from '../domain/token-range.ts'
import { imageTokens, type ImageSize } from './image-tokens.ts'
import type { PageSize } from './page-size.ts'

/**
 * The most that one request may carry in files, in bytes before base64 (OpenAI's guide to file inputs: each file, and
 * all files of a request together, stay under 50 MB).
 */
export const mostAttachedBytes = 50_000_000

/**
 * The text of a PDF page that is sent along with its picture. No provider states a figure: most pages have 500 words, and
 * a page of small print in a script of many tokens has some 4,000.
 */
export const pageText: TokenRange = { likely: 750, most: 4_000 }

/**
 * The picture of a PDF page. No provider says how large it is made: an A4 page at 150 dots an inch is what is read well,
 * one at 300 is what printers take.
 */
const picture: { readonly likely: ImageSize; readonly most: ImageSize } = {
  likely: { width: 1_240, height: 1_754 },
  most: { width: 2_480, height: 3_508 },
}

/** What is known of a file once it was read. */
export interface FileFacts {
  readonly pageCount: number | null
  readonly image?: ImageFacts
  /** The largest page, where that is known: it has as many times the text of A4 as it is larger. */
  readonly page?: PageSize | null
}

/** Points of A4, and dots of the finest picture for each. */
const a4: PageSize = { width: 595, height: 842 }
const dotsPerPoint = 300 / 72

/**
 * The input tokens of an attached file: one image by its own size, or pages as text and picture each. Base64 is never
 * counted: the model does not read it.
 */
export function attachedTokens(
  part: FilePart,
  { pageCount, image, page }: FileFacts,
  model: string,
): TokenRange {
  const own =
    part.mediaType === 'application/pdf'
      ? ofPages(Math.max(1, pageCount ?? part.pageCount ?? 1), page ?? a4, model)
      : imageTokens(model, part.detail, image ?? null)
  if (part.maxTokens === null) return own
  return { likely: Math.min(own.likely, part.maxTokens), most: part.maxTokens }
}

/** A page that is smaller than A4 is not taken to be drawn smaller. */
function ofPages(pages: number, { width, height }: PageSize, model: string): TokenRange {
  const { likely } = imageTokens(model, 'high', picture.likely)
  const finest = [
    picture.most,
    { width: Math.ceil(width * dotsPerPoint), height: Math.ceil(height * dotsPerPoint) },
  ]
  const most = Math.max(...finest.map((size) => imageTokens(model, null, size).most))
  const times = Math.max(1, (width * height) / (a4.width * a4.height))
  return {
    likely: pages * (pageText.likely + likely),
    most: pages * (Math.ceil(pageText.most * times) + most),
  }
}
