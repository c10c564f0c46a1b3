/** The addresses of runs on the dashboard that is at this address; null: nobody serves one. */
export function runLinks(url: string | null): ((run: string) => string) | null {
  if (url === null) return null
  const base = url.replace(/\/+$/, '')
  return (run) => `${base}/runs/${encodeURIComponent(run)}`
}
