import { createHash } from 'node:crypto'
import type { InputFile } from '../../../ports/provider/batch-service.ts'
import type { FramedFile } from './framed-file.ts'

/**
 * Frames one file and its fields as multipart/form-data (RFC 7578).
 *
 * The boundary derives from the name: a JSONL line starts with `{`, so no line can look like a boundary.
 */
export function multipart(
  file: InputFile,
  fields: Readonly<Record<string, string>>,
  fileType: string,
): FramedFile {
  const boundary = `offpeak-${createHash('sha256').update(file.filename).digest('hex').slice(0, 32)}`
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`,
  )
  const last = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted(file.filename)}"\r\nContent-Type: ${fileType}\r\n\r\n`
  const head = Buffer.from(parts.join('') + last)
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength: head.length + file.bytes + tail.length,
    file,
    head,
    tail,
    lineBreak: null,
  }
}

function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
