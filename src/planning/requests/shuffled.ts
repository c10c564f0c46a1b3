import { hash } from 'node:crypto'

const rounds = 4

/**
 * The numbers from 0 up to `size` in an order that a seed decides: each once, without holding them in memory, and the
 * same at every call. Taking the first ones draws a sample without chance.
 */
export function* shuffled(seed: string, size: number): Generator<number, void> {
  // A Feistel network permutes a square of numbers; those beyond `size` are led on until they are within it.
  const half = Math.max(1, Math.ceil(Math.sqrt(size)))
  for (let at = 0; at < size; at++) {
    let place = at
    do place = permuted(seed, place, half)
    while (place >= size)
    yield place
  }
}

function permuted(seed: string, place: number, half: number): number {
  let left = Math.floor(place / half)
  let right = place % half
  for (let round = 0; round < rounds; round++) {
    const drawn = Number.parseInt(hash('sha256', `${seed}/${round}/${right}`, 'hex').slice(0, 8), 16)
    ;[left, right] = [right, (left + drawn) % half]
  }
  return left * half + right
}
