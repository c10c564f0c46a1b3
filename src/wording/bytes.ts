const sizes = [
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
] as const

/** Bytes for people: `199.8 MB`. */
export function formatBytes(bytes: number): string {
  const unit = sizes.find(([, size]) => bytes >= size)
  return unit === undefined ? `${bytes} B` : `${(bytes / unit[1]).toFixed(1)} ${unit[0]}`
}
