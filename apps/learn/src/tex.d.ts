declare module "*.tex" {
  const markup: string;
  export default markup;
}
