// Whether the gateway in this container takes readings: `GET /ready`. Not `/health`: an InfluxDB that
// is away is no reason to start the gateway anew.
const port = process.env.HTTP_PORT ?? '8080';

try {
  const { ok } = await fetch(`http://127.0.0.1:${port}/ready`, {
    signal: AbortSignal.timeout(4_000),
  });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
