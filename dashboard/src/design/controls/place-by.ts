const gap = 6

/** Puts a popover under an element, or over it where there is no room, and within the window. */
export function placeBy(popover: HTMLElement, anchor: HTMLElement, align: 'left' | 'right' = 'left'): void {
  const by = anchor.getBoundingClientRect()
  const { width, height } = popover.getBoundingClientRect()
  const left = align === 'left' ? by.left : by.right - width
  const below = by.bottom + gap
  const top = below + height > innerHeight && by.top - gap - height > 0 ? by.top - gap - height : below
  popover.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`
  popover.style.top = `${top}px`
}
