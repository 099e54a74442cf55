/** Coefficients, highest power first, of Giles, "Approximating the erfinv function" (GPU Computing Gems, 2010), single precision. */
export const CENTRAL = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
];
export const TAIL = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
];

/** The inverse of erf on (-1, 1), with w = -log(1 - x^2): a polynomial in w - 2.5 times x, or in sqrt(w) - 3 in the tails. */
export function erfInv(x: number): number {
  const w = -Math.log1p(-x * x);
  if (w === Infinity) return x * Infinity;
  const isCentral = w < 5;
  const t = isCentral ? w - 2.5 : Math.sqrt(w) - 3;
  let p = 0;
  for (const c of isCentral ? CENTRAL : TAIL) p = p * t + c;
  return p * x;
}
