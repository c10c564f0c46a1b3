import { emitKeypressEvents } from 'node:readline'

/** One key and what it does. */
export interface HotKey {
  readonly key: string
  readonly words: string
  readonly act: () => Promise<void> | void
}

/**
 * A listener to single keys on a terminal, until disposed; a key is served when the one before it is done. Ctrl-C and
 * Ctrl-D call `quit`, as does a key whose name is `q`.
 */
export function hotKeys(
  keys: readonly HotKey[],
  quit: () => void,
  onFailure: (thrown: unknown) => void,
): Disposable {
  const { stdin } = process
  let last: Promise<void> = Promise.resolve()
  const onKey = (
    text: string | undefined,
    key: { readonly ctrl?: boolean; readonly name?: string } | undefined,
  ): void => {
    if (text === 'q' || (key?.ctrl === true && (key.name === 'c' || key.name === 'd'))) return quit()
    const pressed = keys.find(({ key }) => key === text)
    if (pressed) last = last.then(async () => pressed.act()).catch(onFailure)
  }
  emitKeypressEvents(stdin)
  stdin.setRawMode(true)
  stdin.on('keypress', onKey)
  stdin.resume()
  return {
    [Symbol.dispose]() {
      stdin.off('keypress', onKey)
      stdin.setRawMode(false)
      stdin.pause()
    },
  }
}
