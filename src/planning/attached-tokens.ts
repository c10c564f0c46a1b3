import type { ImageFacts } from '../domain/image.ts'
import type { FilePart } from '../domain/request.ts'
import type { TokenRange } from '../domain/token-range.ts'
import { imageTokens, type ImageSize } from './image-tokens.ts'

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
export const pagePicture: { readonly likely: ImageSize; readonly most: ImageSize } = {
  likely: { width: 1_240, height: 1_754 },
  most: { width: 2_480, height: 3_508 },
}

/** What is known of a file once it was read. */
export interface FileFacts {
  readonly pageCount: number | null
  readonly image?: ImageFacts
}

/**
 * The input tokens of an attached file: one image by its own size, or pages as text and picture each. Base64 is never
 * counted: the model does not read it.
 */
export function attachedTokens(part: FilePart, { pageCount, image }: FileFacts, model: string): TokenRange {
  const own =
    part.mediaType === 'application/pdf'
      ? ofPages(Math.max(1, pageCount ?? part.pageCount ?? 1), model)
      : imageTokens(model, part.detail, image ?? null)
  if (part.maxTokens === null) return own
  return { likely: Math.min(own.likely, part.maxTokens), most: part.maxTokens }
}

function ofPages(pages: number, model: string): TokenRange {
  const likely = imageTokens(model, 'high', pagePicture.likely).likely
  const { most } = imageTokens(model, null, pagePicture.most)
  return { likely: pages * (pageText.likely + likely), most: pages * (pageText.most + most) }
}
