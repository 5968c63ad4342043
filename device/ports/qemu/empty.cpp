// Start-up code and nothing else: what an application's image adds to this one is its own size.
int main() {
  return 0;
}
