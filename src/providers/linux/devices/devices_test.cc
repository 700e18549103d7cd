// Devices on recorded trees of /sys and /proc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/linux/devices/bus_classes.h"
#include "providers/linux/devices/input_classes.h"
#include "providers/linux/devices/sensor_classes.h"
#include "providers/linux/guarded_calls.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;

class KnownDevices final : public DeviceNames {
 public:
  std::vector<DeviceName> Find(const std::vector<std::string>& aliases) override {
    std::vector<DeviceName> names(aliases.size());
    for (std::size_t i = 0; i < aliases.size(); ++i) {
      if (aliases[i].starts_with("pci:v00008086d00001237")) names[i] = {"Intel Corporation", "440FX - 82441FX PMC"};
      if (aliases[i] == "usb:v046DpC077") names[i] = {"Logitech, Inc.", "Mouse"};
    }
    return names;
  }
};

std::vector<std::string> Texts(cim::ValueView value) {
  std::vector<std::string> texts;
  for (const cim::ValueView item : value.items()) texts.emplace_back(item.text());
  return texts;
}

// A small machine: host bridge, display, USB controller with a root hub and a mouse, a virtio card, a serial port.
class DevicesTest : public testing::Test {
 protected:
  DevicesTest() {
    tree_.Write("proc/sys/kernel/hostname", "box\n");
    AddDevice("pci", "devices/pci0000:00/0000:00:00.0",
              "PCI_CLASS=60000\nPCI_ID=8086:1237\nPCI_SUBSYS_ID=1AF4:1100\nPCI_SLOT_NAME=0000:00:00.0\n"
              "MODALIAS=pci:v00008086d00001237sv00001AF4sd00001100bc06sc00i00\n");
    tree_.Write("sys/devices/pci0000:00/0000:00:00.0/revision", "0x02\n");
    AddDevice("pci", "devices/pci0000:00/0000:00:02.0",
              "DRIVER=bochs-drm\nPCI_CLASS=30000\nPCI_ID=1234:1111\nPCI_SUBSYS_ID=1AF4:1100\n");
    AddDevice("pci", "devices/pci0000:00/0000:00:14.0", "DRIVER=xhci_hcd\nPCI_CLASS=C0330\nPCI_ID=1B36:000D\n");
    AddDevice("usb", "devices/pci0000:00/0000:00:14.0/usb1",
              "DRIVER=usb\nDEVTYPE=usb_device\nPRODUCT=1d6b/2/601\nTYPE=9/0/1\n");
    const std::string hub = "sys/devices/pci0000:00/0000:00:14.0/usb1/";
    tree_.Write(hub + "product", "xHCI Host Controller\n");
    tree_.Write(hub + "manufacturer", "Linux 6.1.0 xhci-hcd\n");
    tree_.Write(hub + "maxchild", "4\n");
    tree_.Write(hub + "version", " 2.10\n");
    tree_.Write(hub + "bNumConfigurations", "1\n");
    AddDevice("usb", "devices/pci0000:00/0000:00:14.0/usb1/1-2",
              "DRIVER=usb\nDEVTYPE=usb_device\nPRODUCT=46d/c077/7200\nTYPE=0/0/0\n");
    AddDevice("usb", "devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0",
              "DRIVER=usbhid\nDEVTYPE=usb_interface\nPRODUCT=46d/c077/7200\nTYPE=0/0/0\n");
    AddDevice("virtio", "devices/pci0000:00/0000:00:03.0/virtio0",
              "DRIVER=virtio_net\nMODALIAS=virtio:d00000001v00001AF4\n");
    AddDevice("pnp", "devices/pnp0/00:03", "DRIVER=serial\n");
    tree_.Write("sys/devices/pnp0/00:03/id", "PNP0501\nPNP0500\n");
    AddDevice("platform", "devices/platform/coretemp.0", "DRIVER=coretemp\nMODALIAS=platform:coretemp\n");
  }

  void AddDevice(const std::string& bus, const std::string& folder, std::string_view uevent) {
    tree_.Write("sys/" + folder + "/uevent", uevent);
    tree_.Link("sys/" + folder + "/subsystem", tree_.path() + "/sys/bus/" + bus);
    tree_.Link("sys/bus/" + bus + "/devices/" + std::string(LastPart(folder)), "../../../" + folder);
  }

  Machine machine() {
    Machine made{tree_.root(), &files_};
    made.guarded = &guarded_;
    made.device_names = &names_;
    return made;
  }

  template <typename Traits>
  Answer Ask(std::vector<std::string_view> names = {}, std::vector<std::string> keys = {}) {
    const cim::ClassPtr schema =
        TestClass(std::string(Traits::kClass), PropertyNames<typename Traits::View>(Traits::Columns()), "DeviceID");
    SnapshotProvider<Traits> provider{machine()};
    files_.calls.clear();
    return RunQuery(provider, {schema, std::move(names), std::move(keys)});
  }

  template <typename Traits>
  std::vector<std::string> Ids() {
    const Answer answer = Ask<Traits>();
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < answer.rows.size(); ++i) ids.push_back(answer.Text(i, "DeviceID"));
    return ids;
  }

  FixtureTree tree_;
  WatchedFiles files_;
  KnownDevices names_;
  GuardedCalls guarded_;
};

constexpr const char* kBridge = "PCI\\VEN_8086&DEV_1237&SUBSYS_11001AF4&REV_02\\0000:00:00.0";

TEST_F(DevicesTest, EachDeviceOfEachBusOnce) {
  EXPECT_THAT(Ids<PnPEntity>(), ElementsAre(kBridge, "PCI\\VEN_1234&DEV_1111&SUBSYS_11001AF4\\0000:00:02.0",
                                            "PCI\\VEN_1B36&DEV_000D\\0000:00:14.0", "USB\\VID_046D&PID_C077\\1-2",
                                            "USB\\VID_1D6B&PID_0002\\usb1", "VIRTIO\\VEN_1AF4&DEV_0001\\virtio0",
                                            "ACPI\\PNP0501\\00:03", "PLATFORM\\coretemp\\coretemp.0"));
}

TEST_F(DevicesTest, ADeviceHasItsIdsAndNames) {
  const Answer answer = Ask<PnPEntity>();
  EXPECT_EQ(answer.Text(0, "Name"), "440FX - 82441FX PMC");
  EXPECT_EQ(answer.Text(0, "Manufacturer"), "Intel Corporation");
  EXPECT_EQ(answer.Text(0, "PNPClass"), "System");
  EXPECT_THAT(Texts(answer.Get(0, "HardwareID")),
              ElementsAre("PCI\\VEN_8086&DEV_1237&SUBSYS_11001AF4&REV_02", "PCI\\VEN_8086&DEV_1237&SUBSYS_11001AF4",
                          "PCI\\VEN_8086&DEV_1237&CC_060000", "PCI\\VEN_8086&DEV_1237&CC_0600"));
  EXPECT_THAT(Texts(answer.Get(0, "CompatibleID")), IsSupersetOf({"PCI\\VEN_8086", "PCI\\CC_060000", "PCI\\CC_0600"}));
  // No driver needs it: that says nothing about its state.
  EXPECT_TRUE(answer.IsNull(0, "Status"));
  EXPECT_TRUE(answer.IsNull(0, "Service"));
  EXPECT_EQ(answer.Text(1, "Status"), "OK");
  EXPECT_EQ(answer.Number(1, "ConfigManagerErrorCode"), 0u);
  EXPECT_EQ(answer.Text(1, "Name"), "PCI device 1234:1111");
  EXPECT_EQ(answer.Text(3, "Name"), "Mouse");
  EXPECT_THAT(Texts(answer.Get(3, "HardwareID")), Contains("USB\\VID_046D&PID_C077&REV_7200"));
  EXPECT_EQ(answer.Text(4, "Name"), "xHCI Host Controller");
  EXPECT_EQ(answer.Text(6, "Name"), "PNP0501");
  EXPECT_THAT(Texts(answer.Get(6, "CompatibleID")), ElementsAre("ACPI\\PNP0500"));
}

TEST_F(DevicesTest, ALookUpReadsOneDevice) {
  const Answer answer = Ask<PnPEntity>({"DeviceID"}, {"pci\\ven_8086&dev_1237&subsys_11001af4&rev_02\\0000:00:00.0"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "DeviceID"), kBridge);
  EXPECT_EQ(files_.CallsTo("uevent"), 1u);
  for (const char* key :
       {"", "PCI", "PCI\\", "PCI\\x", "PCI\\VEN_8086&DEV_1237\\0000:00:00.0", "PCI\\x\\..", "USB\\x\\y"}) {
    EXPECT_THAT(Ask<PnPEntity>({}, {key}).rows, IsEmpty()) << key;
  }
}

TEST_F(DevicesTest, DamagedDevicesAreLeftOut) {
  for (const char* uevent : {"", "PCI_ID=8086\n", "PCI_ID=:\n", "PCI_ID=xyzw:1237\n"}) {
    tree_.Write("sys/devices/pci0000:00/0000:00:00.0/uevent", uevent);
    EXPECT_EQ(Ids<PnPEntity>().size(), 7u) << uevent;
  }
  tree_.Remove("sys/bus");
  EXPECT_THAT(Ids<PnPEntity>(), IsEmpty());
  EXPECT_THAT(Ids<UsbHub>(), IsEmpty());
}

TEST_F(DevicesTest, DisplaysOfPciAndOfOtherBuses) {
  tree_.Link("sys/devices/pci0000:00/0000:00:02.0/drm/card0/device", "../../../0000:00:02.0");
  tree_.Link("sys/class/drm/card0", "../../devices/pci0000:00/0000:00:02.0/drm/card0");
  tree_.MakeDirectory("sys/class/drm/card0-HDMI-A-1");
  Answer answer = Ask<VideoController>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "DeviceID"), "VideoController1");
  EXPECT_EQ(answer.Text(0, "PNPDeviceID"), "PCI\\VEN_1234&DEV_1111&SUBSYS_11001AF4\\0000:00:02.0");
  EXPECT_EQ(answer.Text(0, "InstalledDisplayDrivers"), "bochs-drm");
  EXPECT_EQ(answer.Number(0, "VideoArchitecture"), 5u);
  EXPECT_TRUE(answer.IsNull(0, "AdapterRAM"));
  tree_.Write("sys/devices/pci0000:00/0000:00:02.0/mem_info_vram_total", "536870912\n");
  tree_.Write("sys/module/bochs-drm/version", "1.2\n");
  AddDevice("platform", "devices/platform/gpu.0", "DRIVER=panel\n");
  tree_.Link("sys/devices/platform/gpu.0/drm/card1/device", "../../../gpu.0");
  tree_.Link("sys/class/drm/card1", "../../devices/platform/gpu.0/drm/card1");
  answer = Ask<VideoController>();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Number(0, "AdapterRAM"), 536'870'912u);
  EXPECT_EQ(answer.Text(0, "DriverVersion"), "1.2");
  EXPECT_EQ(answer.Text(1, "PNPDeviceID"), "PLATFORM\\gpu\\gpu.0");
}

TEST_F(DevicesTest, SoundCards) {
  tree_.Write("proc/asound/cards",
              " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n"
              "                      HDA Intel PCH at 0xf7f10000 irq 31\n");
  tree_.Link("sys/class/sound/card0/device", tree_.path() + "/sys/devices/pci0000:00/0000:00:00.0");
  tree_.MakeDirectory("sys/class/sound/card10");
  tree_.MakeDirectory("sys/class/sound/controlC0");
  const Answer answer = Ask<SoundDevice>();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "DeviceID"), "SOUND\\card0");
  EXPECT_EQ(answer.Text(0, "Name"), "HDA Intel PCH");
  EXPECT_EQ(answer.Text(0, "Manufacturer"), "Intel Corporation");
  EXPECT_EQ(answer.Text(0, "PNPDeviceID"), kBridge);
  EXPECT_TRUE(answer.IsNull(1, "Name"));
  EXPECT_TRUE(answer.IsNull(1, "PNPDeviceID"));
}

TEST_F(DevicesTest, UsbControllersAndHubs) {
  EXPECT_THAT(Ids<UsbController>(), ElementsAre("PCI\\VEN_1B36&DEV_000D\\0000:00:14.0"));
  const Answer answer = Ask<UsbHub>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "DeviceID"), "USB\\VID_1D6B&PID_0002\\usb1");
  EXPECT_EQ(answer.Number(0, "NumberOfPorts"), 4u);
  EXPECT_EQ(answer.Number(0, "USBVersion"), 0x0210u);
  EXPECT_EQ(answer.Number(0, "ClassCode"), 9u);
  EXPECT_EQ(answer.Number(0, "ProtocolCode"), 1u);
  EXPECT_TRUE(answer.IsNull(0, "CurrentConfigValue"));
  // A controller that is part of the chip.
  AddDevice("platform", "devices/platform/dwc3.0", "DRIVER=dwc3\n");
  AddDevice("usb", "devices/platform/dwc3.0/usb2", "PRODUCT=1d6b/3/601\nTYPE=9/0/3\n");
  EXPECT_THAT(Ids<UsbController>(), Contains("PLATFORM\\dwc3\\dwc3.0"));
}

constexpr std::string_view kInputDevices =
    "I: Bus=0019 Vendor=0000 Product=0001 Version=0000\n"
    "N: Name=\"Power Button\"\n"
    "S: Sysfs=/devices/LNXSYSTM:00/LNXPWRBN:00/input/input0\n"
    "H: Handlers=kbd event0 \n"
    "B: PROP=0\n"
    "B: EV=3\n"
    "B: KEY=10000000000000 0\n"
    "\n"
    "I: Bus=0011 Vendor=0001 Product=0001 Version=ab41\n"
    "N: Name=\"AT Translated Set 2 keyboard\"\n"
    "S: Sysfs=/devices/platform/i8042/serio0/input/input1\n"
    "H: Handlers=sysrq kbd event1 leds \n"
    "B: PROP=0\n"
    "B: EV=120013\n"
    "B: KEY=402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe\n"
    "\n"
    "I: Bus=0003 Vendor=046d Product=c077 Version=0111\n"
    "N: Name=\"Logitech USB Optical Mouse\"\n"
    "S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/0003:046D:C077.0001/input/input7\n"
    "H: Handlers=mouse0 event2 \n"
    "B: PROP=0\n"
    "B: EV=17\n"
    "B: KEY=70000 0 0 0 0\n"
    "B: REL=903\n"
    "B: MSC=10\n"
    "\n"
    "I: Bus=0018 Vendor=04f3 Product=3087 Version=0100\n"
    "N: Name=\"ELAN Touchpad\"\n"
    "S: Sysfs=/devices/platform/input/input9\n"
    "B: PROP=5\n"
    "B: KEY=e520 10000 0 0 0 0\n"
    "B: ABS=2e0800000000003\n";

TEST_F(DevicesTest, KeyboardsAndPointers) {
  tree_.Write("proc/bus/input/devices", kInputDevices);
  tree_.Write("etc/default/keyboard", "XKBMODEL=\"pc105\"\nXKBLAYOUT=\"de\"\n");
  Answer answer = Ask<Keyboard>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "DeviceID"), "INPUT\\VID_0001&PID_0001\\input1");
  EXPECT_EQ(answer.Text(0, "Name"), "AT Translated Set 2 keyboard");
  EXPECT_EQ(answer.Text(0, "Layout"), "de");
  answer = Ask<PointingDevice>();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "Name"), "Logitech USB Optical Mouse");
  EXPECT_EQ(answer.Text(0, "Manufacturer"), "Logitech, Inc.");
  EXPECT_EQ(answer.Number(0, "NumberOfButtons"), 3u);
  EXPECT_EQ(answer.Number(0, "PointingType"), 3u);
  EXPECT_EQ(answer.Number(0, "DeviceInterface"), 162u);
  EXPECT_EQ(answer.Number(1, "PointingType"), 7u);
  EXPECT_EQ(answer.Number(1, "DeviceInterface"), 1u);
  EXPECT_TRUE(answer.IsNull(1, "Manufacturer"));
  EXPECT_TRUE(ParseInputDevices("I: Bus=zz\nB: KEY=xyz\nN: Name=\"\n\nS: Sysfs=\n\n").empty());
}

TEST_F(DevicesTest, BatteriesThatFeedTheMachine) {
  tree_.Write("sys/class/power_supply/AC/type", "Mains\n");
  tree_.Write("sys/class/power_supply/mouse/type", "Battery\n");
  tree_.Write("sys/class/power_supply/mouse/scope", "Device\n");
  tree_.Write("sys/class/power_supply/BAT0/type", "Battery\n");
  const std::string energy =
      "POWER_SUPPLY_NAME=BAT0\nPOWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_TECHNOLOGY=Li-poly\n"
      "POWER_SUPPLY_VOLTAGE_MIN_DESIGN=11400000\nPOWER_SUPPLY_POWER_NOW=10000000\n"
      "POWER_SUPPLY_ENERGY_FULL_DESIGN=50000000\nPOWER_SUPPLY_ENERGY_FULL=45000000\nPOWER_SUPPLY_ENERGY_NOW=30000000\n"
      "POWER_SUPPLY_CAPACITY=66\nPOWER_SUPPLY_CAPACITY_LEVEL=Normal\nPOWER_SUPPLY_MODEL_NAME=5B10W\n";
  tree_.Write("sys/class/power_supply/BAT0/uevent", energy);
  Answer answer = Ask<Battery>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "DeviceID"), "BAT0");
  EXPECT_EQ(answer.Text(0, "Name"), "5B10W");
  EXPECT_EQ(answer.Number(0, "BatteryStatus"), 1u);
  EXPECT_EQ(answer.Number(0, "Chemistry"), 8u);
  EXPECT_EQ(answer.Number(0, "DesignCapacity"), 50'000u);
  EXPECT_EQ(answer.Number(0, "FullChargeCapacity"), 45'000u);
  EXPECT_EQ(answer.Number(0, "DesignVoltage"), 11'400u);
  EXPECT_EQ(answer.Number(0, "EstimatedChargeRemaining"), 66u);
  EXPECT_EQ(answer.Number(0, "EstimatedRunTime"), 180u);
  EXPECT_TRUE(answer.IsNull(0, "TimeToFullCharge"));
  EXPECT_TRUE(answer.IsNull(0, "Status"));
  tree_.Write("sys/class/power_supply/BAT0/uevent",
              "POWER_SUPPLY_STATUS=Charging\nPOWER_SUPPLY_VOLTAGE_MIN_DESIGN=10000000\n"
              "POWER_SUPPLY_CHARGE_FULL=4000000\nPOWER_SUPPLY_CHARGE_NOW=3000000\nPOWER_SUPPLY_CURRENT_NOW=2000000\n");
  answer = Ask<Battery>();
  EXPECT_EQ(answer.Text(0, "Name"), "BAT0");
  EXPECT_EQ(answer.Number(0, "BatteryStatus"), 6u);
  EXPECT_EQ(answer.Number(0, "FullChargeCapacity"), 40'000u);
  EXPECT_EQ(answer.Number(0, "TimeToFullCharge"), 30u);
  EXPECT_TRUE(answer.IsNull(0, "DesignCapacity"));
}

TEST_F(DevicesTest, FansAndTemperatures) {
  const std::string chip = "sys/class/hwmon/hwmon2/";
  tree_.Write(chip + "name", "nct6775\n");
  tree_.Write(chip + "fan1_input", "1200\n");
  tree_.Write(chip + "fan1_target", "1500\n");
  tree_.Write(chip + "fan1_fault", "0\n");
  tree_.Write(chip + "fan2_input", "0\n");
  tree_.Write(chip + "fan2_label", "Case\n");
  tree_.Write(chip + "temp1_input", "45550\n");
  tree_.Write(chip + "temp1_crit", "100000\n");
  tree_.Write(chip + "temp2_input", "-5050\n");
  tree_.Write(chip + "temp2_fault", "1\n");
  Answer answer = Ask<Fan>();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "DeviceID"), "hwmon2/fan1");
  EXPECT_EQ(answer.Text(0, "Name"), "nct6775 fan1");
  EXPECT_EQ(answer.Number(0, "DesiredSpeed"), 1500u);
  EXPECT_TRUE(answer.Get(0, "VariableSpeed").boolean());
  EXPECT_EQ(answer.Text(0, "Status"), "OK");
  EXPECT_EQ(answer.Text(1, "Name"), "nct6775 Case");
  EXPECT_TRUE(answer.IsNull(1, "VariableSpeed"));
  answer = Ask<TemperatureProbe>();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Get(0, "CurrentReading").signed_integer(), 456);
  EXPECT_EQ(answer.Get(0, "UpperThresholdCritical").signed_integer(), 1000);
  EXPECT_TRUE(answer.IsNull(0, "UpperThresholdFatal"));
  EXPECT_TRUE(answer.IsNull(0, "Status"));
  EXPECT_EQ(answer.Get(1, "CurrentReading").signed_integer(), -51);
  EXPECT_EQ(answer.Text(1, "Status"), "Error");
  Ask<TemperatureProbe>({"Name"});
  EXPECT_EQ(files_.CallsTo("temp1_input"), 0u);
}

}  // namespace
}  // namespace wmi::linuxos
