/** A key, or keys one after the other (`g r`), and what it does, in words for the list behind `?`. */
export interface Binding {
  readonly keys: string
  readonly words: string
  readonly group: string
  /** It works while a dialog is open, and only then. */
  readonly inDialog: boolean
  readonly act: () => void
}

/** The keys that work at this moment. A later binding of the same keys goes before an earlier one. */
export class KeyRegistry {
  #bindings: Binding[] = []
  #listeners = new Set<() => void>()
  #pressed = ''
  #pressedAt = 0

  get bindings(): readonly Binding[] {
    return this.#bindings
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  add(binding: Binding): () => void {
    this.#change([...this.#bindings, binding])
    return () => this.#change(this.#bindings.filter((other) => other !== binding))
  }

  /** Takes a key that was pressed; true when it did something or begins a sequence. */
  press(key: string, at: number, dialogIsOpen: boolean): boolean {
    const usable = this.#bindings.filter(({ inDialog }) => inDialog === dialogIsOpen)
    const before = at - this.#pressedAt < sequenceMs ? this.#pressed : ''
    for (const typed of [`${before} ${key}`.trim(), key]) {
      const found = usable.findLast(({ keys }) => keys === typed)
      if (found !== undefined) {
        this.#pressed = ''
        found.act()
        return true
      }
      if (usable.some(({ keys }) => keys.startsWith(`${typed} `))) {
        this.#pressed = typed
        this.#pressedAt = at
        return true
      }
    }
    this.#pressed = ''
    return false
  }

  #change(bindings: Binding[]): void {
    this.#bindings = bindings
    for (const listener of this.#listeners) listener()
  }
}

/** The second key of a sequence comes within this time. */
const sequenceMs = 1_200
