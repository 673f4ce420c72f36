// Whether the gateway in this container is well: `GET /health` answers 200 when all its parts are.
const port = process.env.HTTP_PORT ?? '8080';

try {
  const { ok } = await fetch(`http://127.0.0.1:${port}/health`, {
    signal: AbortSignal.timeout(4_000),
  });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
