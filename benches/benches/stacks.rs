//! Times every call, ready at once and pending once, side by side in one run.

use criterion::{Criterion, criterion_group, criterion_main};
use resilient_benches::{by_name, names, runtime};

fn stacks(criterion: &mut Criterion) {
    let runtime = runtime();
    let _entered = runtime.enter();
    for (group, pending) in [("ready", 0), ("pending", 1)] {
        let mut group = criterion.benchmark_group(group);
        for name in names() {
            let call = by_name(name).expect("a listed name");
            group.bench_function(name, |bencher| {
                bencher.iter(|| call(std::hint::black_box(pending)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, stacks);
criterion_main!(benches);
