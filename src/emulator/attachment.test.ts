import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { attachedText } from './attachment.ts'

function pdfOf(content: string): string {
  const stream = deflateSync(Buffer.from(content, 'latin1'))
  const pdf = Buffer.concat([
    Buffer.from(`%PDF-1.4\n1 0 obj\n<< /Length ${stream.length} /Filter /FlateDecode >>\nstream\n`),
    stream,
    Buffer.from('\nendstream\nendobj\n'),
  ])
  return `data:application/pdf;base64,${pdf.toString('base64')}`
}

describe('attachedText', () => {
  it('reads the strings that a page shows', () => {
    const file = pdfOf(
      String.raw`BT /F1 12 Tf (Board \(minutes\)) Tj 0 -14 Td [(of the) -250 ( harbour)] TJ ET`,
    )
    expect(attachedText([file])).toContain('Board (minutes) of the harbour')
  })

  it('gives nothing for what is no PDF', () => {
    expect(attachedText([])).toBe('')
    expect(attachedText(['data:image/png;base64,AAAA'])).toBe('')
  })
})
