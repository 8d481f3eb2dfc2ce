/** The first and last moment of a person's day, whatever the server's own time zone. */
export function dayOf(date, offsetMinutes) {
  const start = Date.parse(`${date}T00:00:00Z`) - offsetMinutes * 60_000;
  return { from: new Date(start).toISOString(), to: new Date(start + 86_400_000).toISOString() };
}
