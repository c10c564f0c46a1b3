/** How large the picture is that makes a page look like a scan, and what is typed on the pages. */
export interface PdfContent {
  /** One list of lines for each page. */
  readonly pages: readonly (readonly string[])[]
  /** The size of the whole file, where its text is smaller: the rest is the picture of a sheet of paper. */
  readonly bytes: number
  /** The same seed gives the same picture. */
  readonly seed: number
}

const pageWidth = 595
const pageHeight = 842
const pictureWidth = 512
/** What a file has besides its text and its picture, per page and in all; an estimate of the right size. */
const overheadPerPage = 330
const overhead = 700

/**
 * A PDF as a scanner writes it: a picture of the sheet, the same on every page, and the text above it. Plain objects,
 * cross-reference table and trailer, nothing packed.
 */
export function makePdf({ pages, bytes, seed }: PdfContent): Buffer {
  const contents = pages.map(contentOf)
  const text = contents.reduce((sum, content) => sum + content.length + overheadPerPage, overhead)
  const rows = Math.max(1, Math.floor((bytes - text) / pictureWidth))
  const objects: (readonly (string | Buffer)[])[] = [
    ['<< /Type /Catalog /Pages 2 0 R >>'],
    [
      `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, index) => `${5 + index * 2} 0 R`).join(' ')}] >>`,
    ],
    ['<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>'],
    [
      `<< /Type /XObject /Subtype /Image /Width ${pictureWidth} /Height ${rows} /ColorSpace /DeviceGray /BitsPerComponent 8 /Length ${rows * pictureWidth} >>\nstream\n`,
      paper(rows * pictureWidth, seed),
      '\nendstream',
    ],
  ]
  for (const [index, content] of contents.entries()) {
    objects.push([
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${pageWidth} ${pageHeight}] /Resources << /Font << /F1 3 0 R >> /XObject << /Sheet 4 0 R >> >> /Contents ${6 + index * 2} 0 R >>`,
    ])
    objects.push([`<< /Length ${content.length} >>\nstream\n`, content, '\nendstream'])
  }
  return assembled(objects)
}

/** A text as it stands in a PDF: WinAnsi, where an apostrophe has a place that Latin 1 has not. */
function literal(line: string): string {
  return line.replaceAll(/[\\()]/g, String.raw`\$&`).replaceAll('’', String.raw`\222`)
}

/** The instructions that draw one page. */
function contentOf(lines: readonly string[]): Buffer {
  const shown = lines.map((line) => `(${literal(line)}) Tj 0 -14 Td`)
  return Buffer.from(
    [
      `q ${pageWidth} 0 0 ${pageHeight} 0 0 cm /Sheet Do Q`,
      `BT /F1 10 Tf 60 780 Td ${shown.join('\n')} ET`,
    ].join('\n'),
    'latin1',
  )
}

/** Grain of light paper: noise that no compression takes away, in which no PDF keyword can stand. */
function paper(length: number, seed: number): Buffer {
  const picture = Buffer.allocUnsafe(length)
  let state = seed | 1
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    picture[at] = 0xd8 + (state >>> 27)
  }
  return picture
}

function assembled(objects: readonly (readonly (string | Buffer)[])[]): Buffer {
  const pieces: Buffer[] = []
  let length = 0
  const put = (piece: string | Buffer): void => {
    const buffer = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece
    pieces.push(buffer)
    length += buffer.length
  }
  put('%PDF-1.4\n')
  const offsets: number[] = []
  for (const [index, object] of objects.entries()) {
    offsets.push(length)
    put(`${index + 1} 0 obj\n`)
    object.forEach(put)
    put('\nendobj\n')
  }
  const table = length
  put(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`)
  for (const offset of offsets) put(`${String(offset).padStart(10, '0')} 00000 n \n`)
  put(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`)
  return Buffer.concat(pieces, length)
}
