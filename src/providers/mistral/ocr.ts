import type { Answer } from '../../domain/request.ts'
import { asCount, asFields, asObjects, asText, type Fields } from '../replies/fields.ts'

/** Whether a model reads documents, and is paid by their pages (Mistral document, OCR: `mistral-ocr-latest`, `mistral-ocr-2512`). */
export function isOcrModel(model: string): boolean {
  return /^mistral-ocr(?:-|$)/.test(model)
}

/** Between the texts of two pages; a form feed, as pdftotext writes it. */
export const pageBreak = '\n\f\n'

/**
 * The pages of a document as one text of Markdown, in their order (@mistralai/mistralai 2.7, OCRResponse); null for a body
 * without pages. The pages that are billed stand where other models have tokens.
 */
export function readPages(body: Fields): Answer | null {
  const pages = asObjects(body['pages'])
  if (pages === null || body['choices'] !== undefined) return null
  const count = asCount(asFields(body['usage_info'])?.['pages_processed'])
  return {
    kind: 'text',
    text: pages
      .toSorted((one, other) => placeOf(one) - placeOf(other))
      .map((page) => asText(page['markdown']) ?? '')
      .join(pageBreak),
    cut: false,
    model: asText(body['model']),
    reasoningTokens: null,
    usage: count === null ? null : { inputTokens: count, cachedTokens: 0, outputTokens: 0 },
  }
}

function placeOf(page: Fields): number {
  return asCount(page['index']) ?? 0
}
