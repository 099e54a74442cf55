export { cond, switchCase as switch } from './cond';
export { foriLoop } from './foriLoop';
export { map } from './map';
export { scan, type ScanOptions } from './scan';
export { whileLoop } from './whileLoop';
