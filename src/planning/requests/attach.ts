import { checkOptions } from '../known-options.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { ContentPart, FilePart } from '../../domain/request.ts'
import { ownValue } from '../../domain/own-value.ts'

/** A row that names a file, as `files.pdf` and `files.images` make them. */
export interface FileRow {
  /** Relative to the project's directory. */
  readonly path: string
  /** The first and last page that are meant; all when left out. */
  readonly pages?: readonly [number, number]
  readonly pageCount?: number
  /** What the content is, where the row knows; told by the name when left out. */
  readonly mediaType?: string
}

/** Options of `attach`. */
export interface AttachOptions {
  /** The first and last page to send, from 1; what the row says, else all, when left out. */
  readonly pages?: readonly [number, number]
  /** How closely an image is looked at, which decides its price at some models. */
  readonly detail?: 'auto' | 'low' | 'high' | 'original'
  /** The most input tokens it counts as in plans and budgets, where the built-in figure is wrong for your model. */
  readonly maxTokens?: number
}

const mediaTypes: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
}

/** The media type of a file by its name; null when it is none that a message can carry. */
export function mediaTypeOf(path: string): string | null {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  return ownValue(mediaTypes, extension) ?? null
}

function typeOf({ path, mediaType }: FileRow): string | null {
  return mediaType !== undefined && Object.values(mediaTypes).includes(mediaType)
    ? mediaType
    : mediaTypeOf(path)
}

/** A piece of text in a message that also carries files. */
export function text(content: string): ContentPart {
  return { kind: 'text', text: content }
}

/**
 * A PDF or image to send along with a prompt, by a row of `files.pdf` or `files.images` or by its path in the
 * project. Only names it: the file is read when the request is written, and a file that is missing, too large or
 * outside of the project makes its record unusable, nothing else. Throws E_JOB_INVALID for another kind of file or
 * an impossible range of pages.
 */
export function attach(file: FileRow | string, options: AttachOptions = {}): FilePart {
  checkOptions('attach', options, { pages: 'optional', detail: 'optional', maxTokens: 'optional' })
  const row: FileRow = typeof file === 'string' ? { path: file } : file
  const mediaType = typeof row.path === 'string' ? typeOf(row) : null
  if (mediaType === null)
    throw new OffpeakError(
      'E_JOB_INVALID',
      `attach takes a PDF, PNG, JPEG, WebP or GIF file, not ${row.path}`,
    )
  const range = mediaType === 'application/pdf' ? (options.pages ?? row.pages ?? null) : null
  if (range !== null && !isRange(range))
    throw new OffpeakError('E_JOB_INVALID', `the pages of ${row.path} are [first, last], counted from 1`)
  const whole = range === null || (range[0] === 1 && range[1] === row.pageCount)
  return {
    kind: 'file',
    path: row.path,
    filename: row.path.slice(row.path.lastIndexOf('/') + 1),
    mediaType,
    pages: whole ? null : [range[0], range[1]],
    pageCount: range === null ? (row.pageCount ?? null) : range[1] - range[0] + 1,
    detail: options.detail ?? null,
    maxTokens: options.maxTokens ?? null,
  }
}

function isRange([first, last]: readonly [number, number]): boolean {
  return Number.isSafeInteger(first) && Number.isSafeInteger(last) && first >= 1 && last >= first
}
