/** An id as one path segment: whatever it holds, it cannot leave its place in the path. */
export function segment(id: string): string {
  return encodeURIComponent(id).replace(/^\.+$/, (dots) => dots.replaceAll('.', '%2E'))
}
