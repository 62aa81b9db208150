export { ObservedKindEnum } from './kinds.js';
