import { attachedPages } from '../../../core/answers/attachment.ts'
import { compose } from '../../../core/answers/compose.ts'
import { findMarkers } from '../../../core/answers/markers.ts'
import type { Executed } from '../../../core/batch/executed.ts'
import { type Json, type JsonObject, isArray, isObject, textIn } from '../../../core/json.ts'
import { failed, missing, refused, refusedFor } from '../errors.ts'
import { extraFields, objectIn, wrong } from './fields.ts'
import type { RequestScope } from './request-scope.ts'

const fields = [
  'bbox_annotation_format',
  'confidence_scores_granularity',
  'document',
  'document_annotation_format',
  'document_annotation_prompt',
  'extract_footer',
  'extract_header',
  'id',
  'image_limit',
  'image_min_size',
  'include_blocks',
  'include_image_base64',
  'model',
  'pages',
  'table_format',
]

/**
 * The result of `POST /v1/ocr`: the text of each page, and an answer of a schema to the whole where one is asked for.
 */
export function runOcr(body: JsonObject, scope: RequestScope): Executed {
  const { document } = body
  const details = extraFields(body, fields, ['body'])
  if (document === undefined) return refusedFor(missing('document'), ...details)
  if (details.length > 0) return refusedFor(...details)
  const source = sourceOf(document, scope)
  if (source === 'unknown-file') return refused(404, { message: 'File not found.', code: '3722' })
  if (source === null)
    return refusedFor(
      wrong('union_tag_invalid', ['body', 'document'], 'Input should be a document', document),
    )
  const texts = pagesOf(source)
  const markers = findMarkers(texts.join('\n'))
  if (markers.has('server_error') || (markers.has('server_error_once') && scope.failOnce)) return failed(500)
  if (markers.has('rate_limited')) return failed(429)
  const chosen = chosenPages(body['pages'], texts.length)
  if (chosen === null)
    return refusedFor(
      wrong('value_error', ['body', 'pages'], 'Value error, invalid page numbers', body['pages']),
    )
  return {
    status: 200,
    usage: { inputTokens: 0, outputTokens: 0, pages: chosen.length },
    body: {
      pages: chosen.map((index) => page(index, texts[index] ?? '')),
      model: scope.requestedModel,
      document_annotation: annotation(body, source, texts, scope),
      usage_info: { pages_processed: chosen.length, doc_size_bytes: source.bytes },
    },
  }
}

/** A document as it is sent; one that is somewhere else is not fetched. */
interface Source {
  readonly data: string | null
  readonly bytes: number | null
  readonly isPdf: boolean
}

function sourceOf(document: Json, scope: RequestScope): Source | 'unknown-file' | null {
  const type = textIn(document, 'type')
  if (type === 'file') {
    const data = scope.file(textIn(document, 'file_id'))
    return data === null ? 'unknown-file' : { data, bytes: bytesIn(data), isPdf: true }
  }
  const image = isObject(document) ? document['image_url'] : undefined
  const url =
    type === 'document_url'
      ? textIn(document, 'document_url')
      : type === 'image_url'
        ? textIn({ url: isObject(image) ? image['url'] : image }, 'url')
        : ''
  if (url === '') return null
  if (!url.startsWith('data:')) return { data: null, bytes: null, isPdf: false }
  return { data: url, bytes: bytesIn(url), isPdf: url.startsWith('data:application/pdf') }
}

function bytesIn(data: string): number {
  return Buffer.byteLength(data.slice(data.indexOf(',') + 1), 'base64')
}

/** A picture, and what lies elsewhere, is one page that says nothing of what is on it. */
function pagesOf({ data, isPdf }: Source): readonly string[] {
  const pages = data === null || !isPdf ? [] : attachedPages([data])
  return pages.length === 0 ? ['A page without text that could be read.'] : pages
}

/** `[0, 2]`, `"0-3"` or `"0,2-4"`; all of them without a wish. Pages that are not there are left out. */
function chosenPages(wanted: Json | undefined, total: number): readonly number[] | null {
  const all = Array.from({ length: total }, (_value, index) => index)
  if (wanted === undefined || wanted === null) return all
  if (isArray(wanted)) {
    return wanted.every((item) => Number.isInteger(item))
      ? all.filter((index) => wanted.includes(index))
      : null
  }
  if (typeof wanted !== 'string' || !/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/.test(wanted)) return null
  const ranges = wanted.split(',').map((part) => part.split('-').map(Number))
  return all.filter((index) => ranges.some(([first = 0, last = first]) => index >= first && index <= last))
}

/** Every field that was recorded; a page of A4 at 93 dots per inch, as that one was. */
function page(index: number, text: string): object {
  return {
    index,
    markdown: text,
    images: [],
    tables: [],
    hyperlinks: [],
    header: null,
    footer: null,
    dimensions: { dpi: 93, height: 1023, width: 791 },
    confidence_scores: null,
    blocks: null,
  }
}

/** JSON text of the schema that is asked of the whole document. */
function annotation(
  body: JsonObject,
  { data }: Source,
  texts: readonly string[],
  scope: RequestScope,
): string | null {
  const format = objectIn(body, 'document_annotation_format')
  const schema = objectIn(objectIn(format ?? undefined, 'json_schema') ?? undefined, 'schema')
  if (schema === null) return null
  const prompt = { user: texts.join('\n'), system: '', files: data === null ? [] : [data], tokens: 0 }
  const seed = Number.parseInt(scope.digest.slice(0, 8), 16)
  return compose(prompt, { kind: 'schema', schema }, scope.model.maxOutputTokens, seed).text
}
