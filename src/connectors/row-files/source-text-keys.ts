import { keyParts } from '../../domain/record-key.ts'
import type { Sink, SinkItem } from '../../ports/sink.ts'

/**
 * A sink of a file that is told keys of one field as the source's text, whatever it holds; keys of several fields stay
 * in the form of `keyOf`, and so does half of a surrogate pair, which no encoding of Unicode has.
 */
export function withSourceTexts(sink: Sink, sourceKey: readonly string[]): Sink {
  if (sourceKey.length !== 1) return sink
  return {
    ...sink,
    dryRun: (item) => sink.dryRun(withSourceText(item)),
    write: (items, options) => sink.write(items.map(withSourceText), options),
  }
}

function withSourceText(item: SinkItem): SinkItem {
  const [text = '', ...others] = keyParts(item.key)
  return text === item.key || others.length > 0 || !text.isWellFormed() ? item : { ...item, key: text }
}
