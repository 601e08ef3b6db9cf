// The entry point of the image: turns on the compile cache, then loads the function.
import { useCompileCache } from './compile-cache.ts';

useCompileCache(import.meta.dirname);
await import('./function.ts');
