import { emitKeypressEvents } from 'node:readline'

/** One key from a terminal; null on Ctrl-C, Ctrl-D, Esc and the end of input. */
export function nextKey(): Promise<string | null> {
  const { stdin } = process
  return new Promise((resolve) => {
    const done = (text: string | null): void => {
      stdin.off('keypress', onKey)
      stdin.off('end', onEnd)
      stdin.setRawMode(false)
      stdin.pause()
      resolve(text)
    }
    const onEnd = (): void => done(null)
    const onKey = (
      text: string | undefined,
      key: { readonly ctrl?: boolean; readonly name?: string } | undefined,
    ): void => {
      if (key?.ctrl === true && (key.name === 'c' || key.name === 'd')) return done(null)
      if (key?.name === 'escape') return done(null)
      if (text !== undefined) done(text)
    }
    emitKeypressEvents(stdin)
    stdin.setRawMode(true)
    stdin.on('keypress', onKey)
    stdin.once('end', onEnd)
    stdin.resume()
  })
}
