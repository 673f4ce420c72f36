/**
 * The coefficients with the least sum of squares Σ (y − Σ b·x)², by the normal equations; undefined
 * where the rows do not determine them.
 */
export function leastSquares(
  rows: readonly { x: readonly number[]; y: number }[],
): number[] | undefined {
  const n = rows[0]?.x.length ?? 0;
  // each row of the matrix has the right side as its last entry
  const matrix = Array.from({ length: n }, (_, i) => {
    const line = Array.from({ length: n + 1 }, () => 0);
    for (const { x, y } of rows) {
      for (let j = 0; j <= n; j++)
        line[j] = (line[j] ?? 0) + (x[i] ?? 0) * (j < n ? (x[j] ?? 0) : y);
    }
    return line;
  });
  for (let i = 0; i < n; i++) {
    const scale = Math.abs(matrix[i]?.[i] ?? 0);
    const best = pivot(matrix, i);
    const top = matrix[best];
    if (!top || Math.abs(top[i] ?? 0) <= 1e-9 * Math.max(1, scale)) return undefined;
    [matrix[i], matrix[best]] = [top, matrix[i] ?? top];
    for (let k = 0; k < n; k++) {
      const line = matrix[k];
      if (k === i || !line) continue;
      const factor = (line[i] ?? 0) / (top[i] ?? 1);
      for (let j = i; j <= n; j++) line[j] = (line[j] ?? 0) - factor * (top[j] ?? 0);
    }
  }
  return matrix.map((line, i) => (line[n] ?? 0) / (line[i] ?? 1));
}

/** The row from `i` on with the largest entry in column `i`. */
function pivot(matrix: readonly number[][], i: number): number {
  let best = i;
  for (let k = i + 1; k < matrix.length; k++) {
    if (Math.abs(matrix[k]?.[i] ?? 0) > Math.abs(matrix[best]?.[i] ?? 0)) best = k;
  }
  return best;
}
