import { type TokenTable, unknown } from './token-table.ts'
import { PairHeap, type PairAgenda, PairQueues } from './pair-agenda.ts'

/** Stands for "no such place". */
const none = -1

/** From so many bytes on a piece is mostly one pattern that repeats, and few ranks have many places each. */
const longPiece = 1_024

/**
 * Byte pair encoding of one piece: of all neighbours that make a token the one of lowest rank is joined, the leftmost
 * first, until none does. A candidate that is no longer true is dropped when it comes up. Returns how many parts are
 * left, and adds the ends of them to `ends`.
 */
export function merger(
  table: TokenTable,
): (bytes: Uint8Array, first: number, last: number, ends?: number[]) => number {
  let after = new Int32Array(0)
  let before = new Int32Array(0)
  let pairRank = new Int32Array(0)
  const heap = new PairHeap()
  const queues = new PairQueues()

  return (bytes, first, last, ends) => {
    const size = last - first
    if (after.length < size) {
      after = new Int32Array(size * 2)
      before = new Int32Array(size * 2)
      pairRank = new Int32Array(size * 2)
    }
    const agenda: PairAgenda = size < longPiece ? heap : queues
    /** Notes the rank of the part at a place joined with the one after it. */
    const offer = (place: number): void => {
      const middle = at(after, place)
      const rank = middle < size ? table.rank(bytes, first + place, first + at(after, middle)) : unknown
      pairRank[place] = rank
      if (rank !== unknown) agenda.add(rank, place)
    }
    for (let place = 0; place < size; place += 1) {
      after[place] = place + 1
      before[place] = place - 1
    }
    for (let place = 0; place < size; place += 1) offer(place)
    let tokens = size
    while (agenda.take()) {
      const { rank, place } = agenda
      if (at(pairRank, place) !== rank) continue
      tokens -= 1
      const joined = at(after, place)
      const end = at(after, joined)
      pairRank[joined] = unknown
      after[place] = end
      if (end < size) before[end] = place
      offer(place)
      if (at(before, place) !== none) offer(at(before, place))
    }
    if (ends)
      for (let place = 0; place < size;) {
        place = at(after, place)
        ends.push(place)
      }
    return tokens
  }
}

/** An element that is known to be there. */
function at(places: Int32Array, index: number): number {
  return Number(places[index])
}
