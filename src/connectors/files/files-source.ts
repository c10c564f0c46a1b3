import { checkOptions } from '../../planning/known-options.ts'
import { readFileSync } from 'node:fs'
import { OffpeakError } from '../../domain/errors.ts'
import { mostAttachedBytes } from '../../planning/images/attached-tokens.ts'
import { inspectImage } from '../../planning/images/image-file.ts'
import { chain } from '../pipeline/pipeline.ts'
import type { Source, SourceDefinition, SourceRecord } from '../../ports/source.ts'
import { decodedText, requireEncoding } from './decoded-text.ts'
import type { FileKind } from './files-reader.ts'
import { outline } from './outline-source.ts'
import type { PdfRow } from './pdf/records.ts'

/** Options that all sources of files take. */
export interface FilesOptions {
  /** Where the pattern begins, relative to the project's directory; that directory itself when left out. */
  readonly cwd?: string
  /** Larger files become problem records; 50 MB, which is what a request can carry, when left out. */
  readonly maxBytes?: number
}

const ofFiles = { cwd: 'optional', maxBytes: 'optional' } as const

/** An image file. `attach` takes the row as it is. */
export interface ImageRow {
  readonly path: string
  readonly stem: string
  readonly bytes: number
  /** By the content, whatever the name says. */
  readonly mediaType: string
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly modifiedAt: string
}

/** A text file with its content. */
export interface TextRow {
  readonly path: string
  readonly stem: string
  readonly text: string
}

/**
 * PDF files as records: `{ path, stem, pageCount, pages: [from, to], bytes, modifiedAt }`. With `maxPages` a longer
 * file becomes several records, each for a range of pages. A file that is empty, broken, encrypted, too large or no
 * PDF becomes a record that says so. Needs the package @cantoo/pdf-lib.
 */
function pdf(pattern: string, options: FilesOptions & { readonly maxPages?: number } = {}): Source<PdfRow> {
  checkOptions('files.pdf', options, { ...ofFiles, maxPages: 'optional' })
  const { maxPages = null, maxBytes = mostAttachedBytes } = options
  if (maxPages !== null && !(Number.isSafeInteger(maxPages) && maxPages > 0))
    throw new OffpeakError('E_JOB_INVALID', `maxPages is a whole number above 0, not ${maxPages}`)
  return chained('pdf', pattern, options, {
    records: async (file, facts) =>
      (await import('./pdf/records.ts')).pdfRecords(file, facts, { maxPages, maxBytes }),
    ready: async () => (await import('./pdf/pdf.ts')).pdfLibraryReady(),
    oneEach: maxPages === null,
    fileKey: (key) => key.replace(/:\d+-\d+$/, ''),
  })
}

/**
 * PNG, JPEG, WebP and GIF files as records: `{ path, stem, bytes, mediaType, width, height, modifiedAt }`, told by
 * their content. A file that is another kind of image (HEIC, TIFF, SVG), cut off, broken, or an animated GIF becomes a
 * record that says so.
 */
function images(pattern: string, options: FilesOptions = {}): Source<ImageRow> {
  checkOptions('files.images', options, ofFiles)
  const { maxBytes = mostAttachedBytes } = options
  return chained('images', pattern, options, {
    oneEach: true,
    fileKey: (key) => key,
    async records({ path, stem, key, absolute }, { bytes, modifiedAtMs }) {
      const problem = sizeProblem(bytes, maxBytes)
      if (problem !== null) return [{ key, problem: `the file ${problem}` }]
      const image = inspectImage(readFileSync(absolute))
      if ('problem' in image) return [{ key, problem: `the file ${image.problem}` }]
      const modifiedAt = new Date(modifiedAtMs).toISOString()
      return [{ key, row: { path, stem, bytes, ...image, modifiedAt } }]
    },
  })
}

/**
 * Text files as records: `{ path, stem, text }`. A byte order mark decides the encoding, else `encoding` names it, such
 * as `windows-1252`, else it is UTF-8; a file that is not in it becomes a record that says so.
 */
function textFiles(
  pattern: string,
  options: FilesOptions & { readonly encoding?: string } = {},
): Source<TextRow> {
  checkOptions('files.text', options, { ...ofFiles, encoding: 'optional' })
  const { maxBytes = mostAttachedBytes } = options
  const encoding = requireEncoding(options.encoding)
  return chained('text', pattern, options, {
    oneEach: true,
    fileKey: (key) => key,
    async records({ path, stem, key, absolute }, { bytes }): Promise<readonly SourceRecord<TextRow>[]> {
      const problem = sizeProblem(bytes, maxBytes)
      if (problem !== null) return [{ key, problem: `the file ${problem}` }]
      const decoded = decodedText(readFileSync(absolute), encoding)
      if (decoded.problem !== undefined) return [{ key, problem: `the file ${decoded.problem}` }]
      return [{ key, row: { path, stem, text: decoded.text.replace(/^\uFEFF/, '') } }]
    },
  })
}

/** The same words for all files of a kind, so that they are one group of what went wrong. */
function sizeProblem(bytes: number, maxBytes: number): string | null {
  if (bytes === 0) return 'is empty'
  return bytes > maxBytes ? `has more than ${maxBytes.toLocaleString('en-US')} bytes` : null
}

function chained<Row>(
  name: string,
  pattern: string,
  options: FilesOptions,
  kind: FileKind<Row>,
): Source<Row> {
  return chain(source(name, pattern, options, kind))
}

function source<Row>(
  name: string,
  pattern: string,
  options: FilesOptions,
  kind: FileKind<Row>,
  limit: number | null = null,
): SourceDefinition<Row> {
  const cwd = options.cwd ?? null
  const describe = cwd === null ? pattern : `${pattern} in ${cwd}`
  return {
    kind: `files.${name}`,
    describe,
    key: ['path'],
    async open({ baseDir }) {
      const { findFiles } = await import('./found-files.ts')
      const { filesReader } = await import('./files-reader.ts')
      return filesReader(await findFiles(pattern, { baseDir, cwd }), kind, { describe, limit })
    },
    limit(count) {
      if (!Number.isSafeInteger(count) || count < 0)
        throw new OffpeakError('E_USAGE', `limit takes a whole number of files, not ${String(count)}`)
      return source(name, pattern, options, kind, limit === null ? count : Math.min(limit, count))
    },
  }
}

/** Files as a source of records: PDFs, images, texts, and the sections of a Markdown outline. */
export const files = { pdf, images, text: textFiles, outline }
